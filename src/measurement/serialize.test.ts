import { describe, expect, it } from 'vitest';
import { documentOf, threadOf } from '../testing/results.ts';
import { UserError } from '../user-error.ts';
import type { ResultDocument } from './result-document.ts';
import { parseResult, parseResults, serializeResult, serializeResults } from './serialize.ts';

const worst = [
  {
    cycle: 2,
    latency_cycles: 30,
    latency_ns: 13,
    path: [
      ['vm_exit', 10],
      ['vm_entry', 20],
    ] as const,
  },
];
const example = documentOf([{ ...threadOf([4123, 4127, 61_000], 50), worst }], {
  scenario: { name: 'example', vcpus: [{ pinned: true }] },
  warnings: ['a knob without effect'],
});

/** The message of the UserError that parsing throws. */
function complaint(text: string): string {
  try {
    parseResult(text, 'r.json');
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as UserError).message;
  }
  throw new Error('it was accepted');
}

const changed = (change: object) => JSON.stringify({ ...example, ...change });
const changedThread = (change: object) =>
  changed({ measurements: [{ ...example.measurements[0], ...change }] });

describe('serializeResult', () => {
  it('is read back as it was', () => {
    expect(parseResult(serializeResult(example), 'r.json')).toEqual(example);
  });

  it('writes several as a list, and one as itself', () => {
    const other = { ...example, name: 'other' };
    expect(parseResults(serializeResults([example, other]), 'r.json')).toEqual([example, other]);
    expect(serializeResults([example])).toBe(serializeResult(example));
    expect(parseResults(serializeResult(example), 'r.json')).toEqual([example]);
  });

  it('gives the same bytes whatever order the keys were set in', () => {
    const reversed = Object.fromEntries(Object.entries(example).reverse()) as unknown as ResultDocument;
    expect(serializeResult(reversed)).toBe(serializeResult(example));
  });

  it('keeps short values on a line of their own', () => {
    const bins = Array.from({ length: 40 }, (_, index) => [index, 1] as const);
    const text = serializeResult(documentOf([{ ...threadOf([], 50), samples: 40, bins }]));
    expect(text).toContain('\n        [0,1],\n        [1,1],\n');
    expect(text).toMatch(/^\{\n {2}"document": "kvmtimer-result",\n {2}"schema_version": 1,\n/);
    expect(text.endsWith('}\n')).toBe(true);
  });
});

describe('parseResult', () => {
  it('names the file and everything that is wrong', () => {
    expect(complaint('{"document":')).toMatch(/^r\.json: is not JSON: /);
    expect(complaint('[]')).toMatch(/^r\.json: /);
    expect(complaint(changed({ name: undefined, seed: 7 })).split('\n')).toEqual([
      'r.json: name: is missing',
      expect.stringContaining('r.json: seed: '),
    ]);
    expect(complaint(changed({ schema_version: 2 }))).toContain('schema_version: ');
  });

  it('refuses parts that do not add up', () => {
    expect(complaint(changedThread({ samples: 4 }))).toContain('measurements.0.samples: must be the sum');
    expect(
      complaint(
        changedThread({
          bins: [
            [5, 2],
            [4, 1],
          ],
        }),
      ),
    ).toContain('bins must ascend');
    expect(complaint(changedThread({ worst: [{ ...worst[0], latency_cycles: 31 }] }))).toContain(
      'must add up',
    );
    const twice = [example.measurements[0], example.measurements[0]];
    expect(complaint(changed({ measurements: twice }))).toContain('a name of its own');
  });

  it('refuses counts that are no counts', () => {
    for (const count of [-1, 0, 1.5, null, '3']) {
      expect(complaint(changedThread({ bins: [[4, count]] }))).toContain('measurements.0.bins.0.1: ');
    }
  });
});
