import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ResultDocument } from '../measurement/result-document.ts';
import { serializeResults } from '../measurement/serialize.ts';
import { documentOf, threadOf } from '../testing/results.ts';
import { writeCyclictestJson } from './cyclictest-json/write.ts';
import { cyclictestHeader, writeCyclictestHistogram } from './cyclictest-text/write.ts';
import { readResultText } from './read-file.ts';

/** Samples in ns, as a run records them, for one to four threads. */
const samples = fc.array(
  fc.array(
    fc.integer({ min: 0, max: 150_000 }).map((ns) => ns * 10),
    { minLength: 1, maxLength: 100 },
  ),
  { minLength: 1, maxLength: 4 },
);
const rows = fc.integer({ min: 1, max: 200 });

/** What is left of the samples in a text of whole µs with so many rows. */
function expected(lists: readonly (readonly number[])[], limit: number) {
  return lists.map((list, index) => {
    const us = list.map((ns) => Math.floor(ns / 1000));
    const counts = new Map<number, number>();
    for (const bin of us.filter((value) => value < limit)) counts.set(bin, (counts.get(bin) ?? 0) + 1);
    return {
      name: String(index),
      binWidthNs: 1000,
      bins: [...counts].sort(([a], [b]) => a - b),
      samples: us.length,
      overflows: us.filter((value) => value >= limit).length,
      minNs: Math.min(...us) * 1000,
      maxNs: Math.max(...us) * 1000,
    };
  });
}

function told({ measurements }: ResultDocument) {
  return measurements.map(({ name, binWidthNs, bins, samples: count, censored, minNs, maxNs }) => {
    return { name, binWidthNs, bins, samples: count, overflows: censored?.count ?? 0, minNs, maxNs };
  });
}

/** What the writers look at in a scenario. */
const scenarioWith = (histogramUs: number) => ({
  guest: { kernel: { version: '6.1', preempt: 'none' } },
  vcpus: [{}],
  workload: {
    ...{
      tool: 'cyclictest',
      histogram_us: histogramUs,
      threads: 1,
      smp: false,
      affinity: false,
      priority: 80,
    },
    ...{ interval_us: 1000, distance_us: 0, loops: 100 },
  },
});

const documentFor = (lists: readonly (readonly number[])[], histogramUs: number) =>
  documentOf(
    lists.map((list, index) => threadOf(list, histogramUs, String(index))),
    { scenario: scenarioWith(histogramUs) },
  );

describe('what kvmtimer writes comes back', () => {
  it.each(['2.4', '2.7'] as const)('as cyclictest text of release %s', (release) => {
    fc.assert(
      fc.property(samples, rows, fc.boolean(), (lists, histogramUs, sum) => {
        const document = documentFor(lists, histogramUs);
        const text =
          cyclictestHeader(document) + writeCyclictestHistogram(document, { histogramUs, sum, release });
        const [read, ...others] = readResultText(text, 'x', { unit: 'us' });
        expect(others).toEqual([]);
        expect(read.partial).toBe(false);
        expect(read.warnings).toEqual([]);
        expect(told(read)).toEqual(expected(lists, histogramUs));
        expect(read.measurements.map((thread) => thread.overflow_cycles)).toEqual(
          document.measurements.map((thread) => thread.overflow_cycles),
        );
        // The mean has the resolution of the text when there are overflows, and none is lost when there are not.
        for (const [index, { meanNs, censored }] of read.measurements.entries()) {
          const us = lists[index].map((ns) => Math.floor(ns / 1000));
          const mean = us.reduce((total, value) => total + value, 0) / us.length;
          expect(meanNs).toBeCloseTo((censored === null ? mean : Math.floor(mean)) * 1000, 6);
        }
      }),
    );
  });

  it('as JSON of cyclictest', () => {
    fc.assert(
      fc.property(samples, rows, (lists, histogramUs) => {
        const [read] = readResultText(writeCyclictestJson(documentFor(lists, histogramUs)), 'x');
        expect(read.facts).toMatchObject({ format: 'cyclictest-json', unit: 'us' });
        expect(told(read)).toEqual(expected(lists, histogramUs));
      }),
    );
  });

  it('as result documents, several in one file', () => {
    fc.assert(
      fc.property(fc.array(samples, { minLength: 1, maxLength: 3 }), rows, (runs, histogramUs) => {
        const documents = runs.map((lists) => documentFor(lists, histogramUs));
        expect(readResultText(serializeResults(documents), 'x')).toEqual(documents);
      }),
    );
  });

  it('as imported document of what was imported: text, document, and text again are the same', () => {
    fc.assert(
      fc.property(samples, rows, (lists, histogramUs) => {
        const text = writeCyclictestHistogram(documentFor(lists, histogramUs), { histogramUs });
        const imported = readResultText(text, 'x', { unit: 'us' });
        const [again] = readResultText(serializeResults(imported), 'y');
        const back = writeCyclictestHistogram(again, { histogramUs });
        const withoutCycles = (content: string) => content.replaceAll(/^# Thread.*$/gm, '');
        expect(withoutCycles(back)).toBe(withoutCycles(text));
      }),
    );
  });
});
