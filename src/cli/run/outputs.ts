import { resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { writeCyclictestJson } from '../../formats/cyclictest-json/write.ts';
import { assertWritable, writeWholeFile } from '../../io/whole-file.ts';
import type { ResultDocument } from '../../measurement/result-document.ts';
import { serializeResults } from '../../measurement/serialize.ts';
import { type Problem, UserError } from '../../user-error.ts';
import type { RunOptions } from '../commands/run.ts';
import { histogramText } from './present.ts';

/** A file that the user asked for besides what is printed; "-" is printed in its place. */
export interface OutputFile {
  readonly option: string;
  readonly path: string;
  readonly content: (documents: readonly ResultDocument[]) => string;
}

/** The files that the options ask for. Throws a UserError where one could not be written, before anything runs. */
export function outputFiles(options: RunOptions, scenarios: readonly string[]): OutputFile[] {
  const wanted: [option: string, path: string | undefined, content: OutputFile['content']][] = [
    ['--output', options.output, serializeResults],
    ['--json', options.json, ([document]) => writeCyclictestJson(document)],
    ['--histfile', options.histfile, (documents) => histogramText(documents, options)],
  ];
  const files = wanted.flatMap(([option, path, content]) =>
    path === undefined ? [] : [{ option, path, content }],
  );
  const problems = files.flatMap((file, index) => conflict(file, files.slice(0, index), scenarios) ?? []);
  if (problems.length > 0) throw new UserError('output-conflict', problems);
  for (const { path } of files) if (path !== '-') assertWritable(path);
  return files;
}

/** Writes each file whole or not at all. */
export function writeOutputs(
  files: readonly OutputFile[],
  documents: readonly ResultDocument[],
  stdout: Writable,
): void {
  for (const { path, content } of files) {
    if (path === '-') stdout.write(content(documents));
    else writeWholeFile(path, content(documents));
  }
}

function conflict(
  { option, path }: OutputFile,
  earlier: readonly OutputFile[],
  scenarios: readonly string[],
): Problem | undefined {
  const isSame = (other: string) => other === path || (path !== '-' && resolve(other) === resolve(path));
  const rival = earlier.find((other) => isSame(other.path));
  if (rival)
    return { path: option, message: `names the same file as ${rival.option}`, hint: 'each needs its own' };
  if (path !== '-' && scenarios.some(isSame)) {
    return { path: option, message: 'would overwrite the scenario', hint: 'name another file' };
  }
  if (option === '--json' && scenarios.length > 1) {
    return { path: option, message: "cyclictest's form holds one run", hint: '--output writes several' };
  }
  return undefined;
}
