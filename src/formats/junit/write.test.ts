import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseXml, type XmlElement } from '../../testing/xml.ts';
import { type JunitCase, writeJunit } from './write.ts';

/**
 * The schema junit-10.xsd of Jenkins' xUnit plugin, as far as it concerns elements that are written here: allowed
 * children in their order, and attributes with their types ("!" marks the required ones).
 */
const SCHEMA: Readonly<Record<string, { children: RegExp; attributes: Readonly<Record<string, string>> }>> = {
  testsuites: {
    children: /^(testsuite )*$/,
    attributes: {
      name: 'string',
      time: 'decimal',
      tests: 'int',
      failures: 'int',
      disabled: 'int',
      errors: 'int',
    },
  },
  testsuite: {
    children: /^(testsuite |properties |testcase |system-out |system-err )*$/,
    attributes: {
      name: 'string!',
      tests: 'int!',
      failures: 'int',
      errors: 'int',
      group: 'string',
      time: 'decimal',
      disabled: 'int',
      skipped: 'int',
      timestamp: 'string',
      hostname: 'string',
      id: 'string',
      package: 'string',
      file: 'string',
      log: 'string',
      url: 'string',
      version: 'string',
    }, // prettier-ignore
  },
  testcase: {
    children: /^(skipped |error |failure |system-out |system-err )*$/,
    attributes: {
      name: 'string!',
      time: 'decimal',
      classname: 'string',
      group: 'string',
      assertions: 'string',
      status: 'string',
      class: 'string',
      file: 'string',
      line: 'string',
      log: 'string',
      url: 'string',
    }, // prettier-ignore
  },
  failure: { children: /^$/, attributes: { type: 'string', message: 'string' } },
  error: { children: /^$/, attributes: { type: 'string', message: 'string' } },
  'system-out': { children: /^$/, attributes: {} },
};

const TYPES: Readonly<Record<string, RegExp>> = {
  string: /^[\s\S]*$/,
  decimal: /^-?\d+(\.\d+)?$/,
  int: /^-?\d+$/,
};

function violations(element: XmlElement): string[] {
  const rule = SCHEMA[element.name];
  if (rule === undefined) return [`<${element.name}> is not in the schema`];
  const found: string[] = [];
  const children = element.children.map((child) => `${child.name} `).join('');
  if (!rule.children.test(children)) found.push(`<${element.name}> holds ${children}`);
  for (const [name, value] of Object.entries(element.attributes)) {
    const type = rule.attributes[name];
    if (type === undefined) found.push(`<${element.name}> has no attribute ${name}`);
    else if (!TYPES[type.replace('!', '')]!.test(value)) found.push(`${name}="${value}" is no ${type}`);
  }
  for (const [name, type] of Object.entries(rule.attributes)) {
    if (type.endsWith('!') && !(name in element.attributes)) found.push(`<${element.name}> lacks ${name}`);
  }
  return [...found, ...element.children.flatMap(violations)];
}

const CASES: readonly JunitCase[] = [
  { classname: 'kvmtimer.new.0', name: 'p99 < 4us', outcome: 'passed', message: '', details: 'fine' },
  {
    classname: 'kvmtimer.new.0',
    name: 'max < 4us',
    outcome: 'failure',
    message: 'is <not>',
    details: '"5us" & more',
  },
  { classname: 'kvmtimer.new.1', name: 'p99 < 4us', outcome: 'error', message: 'unknown', details: '' },
];

describe('writeJunit', () => {
  it('writes suites, cases and what went wrong', () => {
    expect(writeJunit('kvmtimer gate', CASES)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="kvmtimer gate" tests="3" failures="1" errors="1" time="0">
  <testsuite name="kvmtimer gate" tests="3" failures="1" errors="1" skipped="0" time="0">
    <testcase classname="kvmtimer.new.0" name="p99 &lt; 4us" time="0">
      <system-out>fine</system-out>
    </testcase>
    <testcase classname="kvmtimer.new.0" name="max &lt; 4us" time="0">
      <failure type="failed" message="is &lt;not&gt;">&quot;5us&quot; &amp; more</failure>
    </testcase>
    <testcase classname="kvmtimer.new.1" name="p99 &lt; 4us" time="0">
      <error type="undecided" message="unknown"></error>
    </testcase>
  </testsuite>
</testsuites>
`);
  });

  it('holds to the schema that Jenkins and GitLab read, whatever the texts are', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.constant('\u0000\u001b[31m\ud800&<>"\uffff'),
    );
    const outcome = fc.constantFrom('passed' as const, 'failure' as const, 'error' as const);
    const one = fc.record({ classname: text, name: text, outcome, message: text, details: text });
    fc.assert(
      fc.property(text, fc.array(one, { maxLength: 5 }), (suite, cases) => {
        const root = parseXml(writeJunit(suite, cases));
        expect(violations(root)).toEqual([]);
        const written = root.children[0]!.children;
        expect(written.length).toBe(cases.length);
        const failures = written.filter((child) => child.children[0]!.name === 'failure').length;
        expect(root.attributes.failures).toBe(String(failures));
        expect(root.children[0]!.attributes.tests).toBe(String(cases.length));
      }),
    );
  });

  it('would be found out if it did not', () => {
    const broken = '<testsuites><testsuite name="x" tests="one"><case/></testsuite></testsuites>';
    expect(violations(parseXml(broken))).toEqual([
      '<testsuite> holds case ',
      'tests="one" is no int!',
      '<case> is not in the schema',
    ]);
    expect(() => parseXml('<a>&nbsp;</a>')).toThrow('no entity');
    expect(() => parseXml('<a><b></a></b>')).toThrow('closes');
  });
});
