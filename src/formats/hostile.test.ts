import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ResultDocument } from '../measurement/result-document.ts';
import { parseResult, serializeResult } from '../measurement/serialize.ts';
import { documentOf, threadOf } from '../testing/results.ts';
import { UserError } from '../user-error.ts';
import { FORMATS } from './formats.ts';
import { type ReadFileOptions, readResultFile, readResultText } from './read-file.ts';

const FOLDER = fileURLToPath(new URL('fixtures/', import.meta.url));
const TEXTS = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(stdout|hist|json|txt|hgrm|shm)$/.test(name))
  .map((name) => readFileSync(FOLDER + name, 'utf8'))
  .concat(serializeResult(documentOf([threadOf([1000, 2000, 5_000_000], 10)])))
  .filter((text) => text.length > 0 && text.length < 20_000);

/** A UserError is the only way out but a result; and what a reader lets pass is what the schema accepts. */
function readOrRefuse(text: string, options: ReadFileOptions): 'read' | 'refused' {
  let documents: ResultDocument[];
  try {
    documents = readResultText(text, 'x', options);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.problems.length).toBeGreaterThan(0);
    return 'refused';
  }
  expect(documents.length).toBeGreaterThan(0);
  for (const document of documents) expect(parseResult(serializeResult(document), 'x')).toEqual(document);
  return 'read';
}

describe('any text is read or refused', () => {
  const options = fc.record(
    {
      unit: fc.constantFrom('us' as const, 'ns' as const),
      tscKhz: fc.constant(2_400_000),
      from: fc.constantFrom(...FORMATS.map(({ name }) => name)),
    },
    { requiredKeys: ['unit'] },
  );
  const original = fc.constantFrom(...TEXTS);

  it('cut off anywhere', () => {
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(original, fc.double({ min: 0, max: 1, noNaN: true }), options, (text, share, more) => {
        outcomes.add(readOrRefuse(text.slice(0, Math.floor(text.length * share)), more));
      }),
      { numRuns: 1000 },
    );
    expect(outcomes).toEqual(new Set(['read', 'refused']));
  });

  it('with characters changed, lost, doubled or put in', () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 5 }),
      fc.constantFrom(
        '\n',
        '\r\n',
        '\0',
        '9'.repeat(30),
        '-',
        '{',
        '}',
        '"',
        '# Histogram\n',
        'T: 0 (',
        '\x1b[4A',
        '[VM 1] ',
      ),
    );
    const edit = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(20), piece);
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(original, fc.array(edit, { minLength: 1, maxLength: 4 }), options, (text, edits, more) => {
        const changed = edits.reduce((before, [share, lost, added]) => {
          const at = Math.floor(before.length * share);
          return before.slice(0, at) + added + before.slice(at + lost);
        }, text);
        outcomes.add(readOrRefuse(changed, more));
      }),
      { numRuns: 2000 },
    );
    expect(outcomes).toEqual(new Set(['read', 'refused']));
  });

  it('of two files run into each other', () => {
    fc.assert(
      fc.property(original, original, options, (one, other, more) => {
        readOrRefuse(one + other, more);
        readOrRefuse(one.slice(0, one.length / 2) + other, more);
      }),
      { numRuns: 500 },
    );
  });

  it('of nothing in particular', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), options, (text, more) => void readOrRefuse(text, more)),
    );
  });
});

describe('files', () => {
  function fileWith(content: string | Uint8Array): string {
    const folder = mkdtempSync(join(tmpdir(), 'kvmtimer-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, 'input'), content);
    mkdirSync(join(folder, 'folder'));
    return join(folder, 'input');
  }

  it.each<[string, string | Uint8Array, string, RegExp]>([
    ['empty', '', 'input-empty', /is empty$/],
    ['blank', ' \n\n', 'input-empty', /is empty$/],
    [
      'binary',
      Uint8Array.from({ length: 5000 }, (_, index) => (index * 7919) % 256),
      'format-unknown',
      /is not text/,
    ],
    [
      'compressed',
      Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0),
      'format-unknown',
      /a compressed file must be unpacked/,
    ],
    [
      'prose',
      'Lorem ipsum\n',
      'format-unknown',
      /is of no known format \(--from NAME with one of kvmtimer, cyc/,
    ],
    [
      'usage',
      'cyclictest V 2.40\nUsage:\ncyclictest <options>\n',
      'format-unknown',
      /the usage text of cyclictest/,
    ],
    ['JSON of something else', '{"a": 1}', 'format-unknown', /is of no known format/],
  ])('%s', (_, content, code, message) => {
    const file = fileWith(content);
    expect(() => readResultFile(file)).toThrow(message);
    expect(() => readResultFile(file)).toThrow(expect.objectContaining({ code }));
    expect(() => readResultFile(file)).toThrow(file);
  });

  it('missing, a folder, an unknown format', () => {
    const file = fileWith('x');
    expect(() => readResultFile(`${file}.txt`)).toThrow(/input\.txt: no such file$/);
    expect(() => readResultFile(file.replace('input', 'folder'))).toThrow(
      /is a directory \(a file is expected\)/,
    );
    expect(() => readResultFile(file, { from: 'xml' })).toThrow(
      /^--from: there is no format "xml" \(kvmtimer, /,
    );
  });

  it('UTF-16, as Windows shells redirect', () => {
    const text = readFileSync(`${FOLDER}cyclictest/2.4/q.stdout`.replace('q.', 'q-S.'), 'utf8');
    const utf16 = Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from(text, 'utf16le')]);
    expect(readResultFile(fileWith(utf16))[0].measurements).toEqual(
      readResultText(text, 'x')[0].measurements,
    );
  });

  it('of a million lines are counted, every one', () => {
    const lines = Array.from(
      { length: 1_000_000 },
      (_, cycle) => `       0:${String(cycle).padStart(8)}:${String(cycle % 997).padStart(8)}\n`,
    );
    const [{ measurements }] = readResultText(lines.join(''), 'x', { unit: 'us' });
    expect(measurements[0]).toMatchObject({ samples: 1_000_000, minNs: 0, maxNs: 996_000 });
    expect(measurements[0].bins.every(([, count]) => count === 1003 || count === 1004)).toBe(true);
  });

  it('with more bins than any histogram has are refused', () => {
    const rows = Array.from(
      { length: 1001 },
      (_, bin) => `${String(bin).padStart(6, '0')} ${'000001\t'.repeat(4000).trim()}\n`,
    );
    expect(() => readResultText(`# Histogram\n${rows.join('')}`, 'x', { unit: 'us' })).toThrow(
      /^x:1002:1: more than 4000000 filled bins/,
    );
  });

  it('nested deeper than any document are refused', () => {
    const document = serializeResult(documentOf([threadOf([1000], 10)]));
    const deep = `${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`;
    const text = document.replace('"facts": null', `"facts": ${deep}`);
    expect(() => readResultText(text, 'x')).toThrow(/^x:1:1: JSON nested deeper than 64 levels/);
  });

  it.each([
    ['blanks in a T: line', `T: 0 (1) P:${' '.repeat(2_000_000)}`],
    ['digits of a row', `# Histogram\n${'1'.repeat(2_000_000)} x\n`],
    ['an overflow list', `# Histogram\n# Thread 0:${' 00001'.repeat(400_000)} x\n`],
    ['words of a call', `${'cyclictest '.repeat(200_000)}\n# Histogram\n`],
    ['opening braces', `{"file_version":1,"thread":\n${'{\n'.repeat(1_000_000)}`],
    ['nested lists', `{"file_version":1,"thread":\n${'['.repeat(2_000_000)}`],
    ['escapes', `# Histogram\n${'\x1b[;;;;'.repeat(400_000)}\n`],
    ['an oslat bucket', `oslat V 2.40\n   Core:\t 0\n    001 (us):${' 1'.repeat(1_000_000)}x\n`],
    ['carriage returns', `# Histogram\n${'\r'.repeat(2_000_000)}x\n`],
  ])('with a line of millions of %s end soon', (_, text) => {
    expect(readOrRefuse(text, { unit: 'us' })).toBe('refused');
  });
});
