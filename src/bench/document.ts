import { readFileSync, writeFileSync } from 'node:fs';

/** What stands between these lines of a document is the last report. */
const BEGIN = /<!-- bench: [^\n]*-->\n/;
const END = '<!-- end of bench -->';

export function writeInto(file: string, report: string): void {
  writeFileSync(file, withReport(readFileSync(file, 'utf8'), report));
}

export function withReport(text: string, report: string): string {
  const [begin] = BEGIN.exec(text) ?? [];
  const end = text.indexOf(END);
  if (begin === undefined || end < 0) throw new Error('the document has no place for a report');
  return `${text.slice(0, text.indexOf(begin))}${begin}\n${report}\n${text.slice(end)}`;
}
