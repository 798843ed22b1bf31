import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ThreadResult } from '../../measurement/result-document.ts';
import { documentOf, threadOf } from '../../testing/results.ts';
import { cyclictestHeader, writeCyclictestHistogram } from './write.ts';

const FIXTURES = new URL('../fixtures/cyclictest/', import.meta.url);

/** What a real run printed, taken apart by token, as a measurement of one thread. */
function threadFromText(text: string, index: number): ThreadResult {
  const lines = text.split('\n');
  const value = (label: string, column = index) =>
    Number(
      lines
        .find((line) => line.startsWith(label))
        ?.slice(label.length)
        .trim()
        .split(/\s+/)[column],
    );
  const rows = lines.filter((line) => /^\d/.test(line)).map((line) => line.split(/\s+/).map(Number));
  const overflows = value('# Histogram Overflows:');
  const listed = lines.find((line) => line.startsWith(`# Thread ${index}:`))!;
  const bins = rows.map((row) => [row[0], row[index + 1]] as const).filter(([, count]) => count > 0);
  return {
    ...threadOf([], 1),
    name: String(index),
    binWidthNs: 1000,
    bins,
    censored: { count: overflows, atLeastNs: 0 },
    minNs: value('# Min Latencies:') * 1000,
    meanNs: value('# Avg Latencies:') * 1000,
    maxNs: value('# Max Latencies:') * 1000,
    overflow_cycles:
      listed
        .replace(/^# Thread \d+:/, '')
        .replace(/#.*/, '')
        .match(/\d+/g)
        ?.map(Number) ?? [],
  };
}

describe.each(['2.4', '2.10'])('cyclictest %s', (version) => {
  const folder = new URL(`${version}/`, FIXTURES);
  const names = readdirSync(folder).filter((name) => name.endsWith('.stdout') && isHistogramOnly(name));

  /** Neither live output before the histogram nor the end of a break after it. */
  function isHistogramOnly(name: string): boolean {
    return /^#[^\n]*\n# Histogram\n(?!.*# Thread Ids)/s.test(readFileSync(new URL(name, folder), 'utf8'));
  }

  it.each(names)('%s is written as the real one', (name) => {
    const text = readFileSync(new URL(name, folder), 'utf8');
    const command = readFileSync(new URL(name.replace('.stdout', '.cmd'), folder), 'utf8');
    const [, option, rows] = / -([hH]) (\d+)/.exec(command)!;
    const count = /# Min Latencies:(.*)/.exec(text)![1].trim().split(' ').length;
    const threads = Array.from({ length: count }, (_, index) => threadFromText(text, index));
    const document = documentOf(threads, { scenario: { workload: { histogram_us: Number(rows) } } });
    const release = version === '2.4' ? '2.4' : '2.7';
    const histogram = writeCyclictestHistogram(document, {
      histogramUs: Number(rows),
      sum: option === 'H',
      release,
    });
    expect(cyclictestHeader(document) + histogram).toBe(text);
  });
});

describe('writeCyclictestHistogram', () => {
  it('rounds each sample down to µs before it adds, as cyclictest does', () => {
    const document = documentOf([threadOf([4_999, 4_990, 5_000, 9_999], 6)]);
    const text = writeCyclictestHistogram(document, { histogramUs: 6 });
    expect(text).toBe(
      [
        '# Histogram',
        '000000 000000',
        '000001 000000',
        '000002 000000',
        '000003 000000',
        '000004 000002',
        '000005 000001',
        '# Total: 000000003',
        '# Min Latencies: 00004',
        '# Avg Latencies: 00005',
        '# Max Latencies: 00009',
        '# Histogram Overflows: 00001',
        '# Histogram Overflow at cycle number:',
        '# Thread 0: # 00001 others',
        '',
        '',
      ].join('\n'),
    );
  });

  it('lists overflow cycles only for the rows that they were recorded for', () => {
    const scenario = { workload: { histogram_us: 6 } };
    const document = documentOf([threadOf([4_000, 7_000], 6)], { scenario });
    expect(writeCyclictestHistogram(document, { histogramUs: 6 })).toContain('# Thread 0: 00001\n');
    expect(writeCyclictestHistogram(document, { histogramUs: 5 })).toContain('# Thread 0: # 00001 others\n');
  });

  it('leaves only rows when the comments are filtered away, and loses no sample', () => {
    const samples = fc.array(fc.integer({ min: 0, max: 200_000 }), { maxLength: 200 });
    fc.assert(
      fc.property(
        fc.array(samples, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 150 }),
        (lists, rows) => {
          const document = documentOf(lists.map((list, index) => threadOf(list, rows, String(index))));
          const text = writeCyclictestHistogram(document, { histogramUs: rows });
          const kept = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
          expect(kept).toHaveLength(rows);
          lists.forEach((list, index) => {
            const binned = kept.reduce((sum, line) => sum + Number(line.split(/[ \t]/)[index + 1]), 0);
            const overflows = Number(/# Histogram Overflows:(.*)/.exec(text)![1].trim().split(' ')[index]);
            expect(binned + overflows).toBe(list.length);
            const floored = list.map((ns) => Math.floor(ns / 1000));
            const sum = floored.reduce((total, us) => total + us, 0);
            const average = Number(/# Avg Latencies:(.*)/.exec(text)![1].trim().split(' ')[index]);
            expect(average).toBe(list.length === 0 ? 0 : Math.floor(sum / list.length));
          });
        },
      ),
    );
  });
});
