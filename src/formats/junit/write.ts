import { visible } from '../../user-error.ts';

/** One case of a JUnit report. "failure": judged and not met; "error": could not be judged. */
export interface JunitCase {
  readonly classname: string;
  readonly name: string;
  readonly outcome: 'passed' | 'failure' | 'error';
  /** One line, for failures and errors. */
  readonly message: string;
  /** More lines, shown below. */
  readonly details: string;
}

/**
 * A JUnit report as Jenkins (schema junit-10 of its xUnit plugin), GitLab and most others read it: one suite. It holds
 * no times of day, so that equal inputs give equal bytes.
 */
export function writeJunit(suite: string, cases: readonly JunitCase[]): string {
  const count = (outcome: JunitCase['outcome']) => cases.filter((one) => one.outcome === outcome).length;
  const counts = `tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escapeXml(suite)}" ${counts} time="0">`,
    `  <testsuite name="${escapeXml(suite)}" ${counts} skipped="0" time="0">`,
    ...cases.map(caseElement),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function caseElement({ classname, name, outcome, message, details }: JunitCase): string {
  const open = `    <testcase classname="${escapeXml(classname)}" name="${escapeXml(name)}" time="0"`;
  if (outcome === 'passed')
    return `${open}>\n      <system-out>${escapeXml(details)}</system-out>\n    </testcase>`;
  const type = outcome === 'failure' ? 'failed' : 'undecided';
  const body = `<${outcome} type="${type}" message="${escapeXml(message)}">${escapeXml(details)}</${outcome}>`;
  return `${open}>\n      ${body}\n    </testcase>`;
}

/** Text for elements and attributes. What XML 1.0 cannot hold at all is made visible instead. */
export function escapeXml(text: string): string {
  const names: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&apos;',
  };
  return visible(text)
    .replace(/[\ud800-\udfff\ufffe\uffff]/gu, '\ufffd')
    .replace(/[&<>"']/g, (character) => names[character]!);
}
