import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measurementOf } from '../testing/measurements.ts';
import { coarsen, commonWidthNs, missingSamples, pool, sideBySide } from './grid.ts';

const tail = (count: number, atLeastNs: number) => ({ censored: { count, atLeastNs } });

describe('bins', () => {
  it('are brought to the narrowest width that all divide', () => {
    expect(commonWidthNs([10, 1000])).toBe(1000);
    expect(commonWidthNs([1000, 300])).toBe(3000);
    expect(commonWidthNs([7])).toBe(7);
  });

  it('keep every sample where it was, rounded down', () => {
    const samplesNs = fc.array(fc.nat(30_000), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(samplesNs, (list) => {
        const binned = (widthNs: number) => {
          const counts = new Map<number, number>();
          for (const ns of [...list].sort((a, b) => a - b)) {
            counts.set(Math.floor(ns / widthNs), (counts.get(Math.floor(ns / widthNs)) ?? 0) + 1);
          }
          return measurementOf([...counts], { binWidthNs: widthNs });
        };
        expect(coarsen(binned(10), 1000)).toEqual(binned(1000));
      }),
    );
  });
});

describe('pool', () => {
  it('adds samples and keeps the extremes and the weighted mean', () => {
    const a = measurementOf([[4, 6]], { minNs: 4100, maxNs: 4900, meanNs: 4500 });
    const b = measurementOf(
      [
        [4, 1],
        [9, 1],
      ],
      { minNs: 4000, maxNs: 9100, meanNs: 6500 },
    ); // prettier-ignore
    expect(pool([a, b], 'all')).toEqual(
      measurementOf(
        [
          [4, 7],
          [9, 1],
        ],
        { name: 'all', minNs: 4000, maxNs: 9100, meanNs: 5000 },
      ), // prettier-ignore
    );
  });

  it('states nothing that one of its parts does not', () => {
    const known = measurementOf([[4, 6]], { minNs: 4100, maxNs: 4900, meanNs: 4500 });
    const unknown = measurementOf([[4, 1]], { samples: null });
    expect(pool([known, unknown])).toMatchObject({ samples: null, minNs: null, maxNs: null, meanNs: null });
  });

  it('knows single samples only below the lowest limit', () => {
    const a = measurementOf(
      [
        [4, 6],
        [30, 2],
      ],
      tail(1, 50_000),
    ); // prettier-ignore
    const b = measurementOf([[4, 1]], tail(2, 20_000));
    expect(pool([a, b])).toMatchObject({
      bins: [[4, 7]],
      censored: { count: 5, atLeastNs: 20_000 },
      samples: 12,
    });
  });
});

describe('sideBySide', () => {
  it('makes one tie of all samples beyond the lower limit', () => {
    const a = measurementOf(
      [
        [4, 6],
        [30, 2],
      ],
      tail(1, 50_000),
    ); // prettier-ignore
    const b = measurementOf([[5, 1]], tail(2, 20_000));
    const { a: left, b: right, edgesNs } = sideBySide(a, b);
    expect([...left]).toEqual([6, 0, 3]);
    expect([...right]).toEqual([0, 1, 2]);
    expect(edgesNs).toEqual([4000, 5000, 20_000]);
  });
});

describe('missingSamples', () => {
  it('says what keeps a histogram from being whole', () => {
    expect(missingSamples(measurementOf([[1, 5]], tail(2, 9000)))).toBeNull();
    expect(missingSamples(measurementOf([[1, 5]], { samples: 9 }))).toBe(
      'the histogram holds 5 of 9 samples',
    );
    expect(missingSamples(measurementOf([[1, 5]], { samples: null }))).toContain('not known');
    expect(missingSamples(measurementOf([]))).toBe('there are no samples');
  });
});
