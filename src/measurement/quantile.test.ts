import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Measurement } from './measurement.ts';
import { quantile } from './quantile.ts';

function measurement(
  bins: readonly (readonly [number, number])[],
  more: Partial<Measurement> = {},
): Measurement {
  const counted = bins.reduce((sum, [, count]) => sum + count, 0);
  const samples = counted + (more.censored?.count ?? 0);
  const absent = { minNs: null, maxNs: null, meanNs: null, censored: null };
  return { name: '0', binWidthNs: 1000, bins, samples, ...absent, ...more };
}

const value = (valueNs: number, belowNs: number) => ({ kind: 'value', valueNs, belowNs });

describe('quantile', () => {
  const ten = measurement([
    [4, 5],
    [6, 4],
    [9, 1],
  ]);

  it('is the smallest sample that at least q of all do not exceed', () => {
    expect(quantile(ten, 0)).toEqual(value(4000, 5000));
    expect(quantile(ten, 0.5)).toEqual(value(4000, 5000));
    expect(quantile(ten, 0.51)).toEqual(value(6000, 7000));
    expect(quantile(ten, 0.9)).toEqual(value(6000, 7000));
    expect(quantile(ten, 1)).toEqual(value(9000, 10_000));
  });

  it('is not led astray by binary fractions', () => {
    const hundred = measurement(Array.from({ length: 100 }, (_, bin) => [bin, 1] as const));
    for (let percent = 1; percent < 100; percent++) {
      expect(quantile(hundred, percent / 100)).toEqual(value((percent - 1) * 1000, percent * 1000));
    }
  });

  it('refuses a quantile above which no sample is expected', () => {
    expect(quantile(ten, 0.99)).toEqual({ kind: 'unsupported', reason: '10 samples are too few' });
    const enough = measurement([[3, 10_000]]);
    expect(quantile(enough, 0.9999).kind).toBe('value');
    expect(quantile(measurement([[3, 9_999]]), 0.9999).kind).toBe('unsupported');
  });

  it('takes the extremes that the source states', () => {
    const stated = measurement([[412, 3]], { binWidthNs: 10, minNs: 4123, maxNs: 4127 });
    expect(quantile(stated, 0)).toEqual(value(4123, 4130));
    expect(quantile(stated, 1)).toEqual(value(4127, 4130));
  });

  it('knows only a lower limit among censored samples, but the maximum if it is stated', () => {
    const censored = { count: 2, atLeastNs: 50_000 };
    const bins = [[4, 8]] as const;
    expect(quantile(measurement(bins, { censored }), 0.8)).toEqual(value(4000, 5000));
    expect(quantile(measurement(bins, { censored }), 0.85)).toEqual({ kind: 'at-least', atLeastNs: 50_000 });
    expect(quantile(measurement(bins, { censored }), 1)).toEqual({ kind: 'at-least', atLeastNs: 50_000 });
    expect(quantile(measurement(bins, { censored, maxNs: 71_000 }), 1)).toEqual(value(71_000, 72_000));
    expect(quantile(measurement([], { censored }), 0)).toEqual({ kind: 'at-least', atLeastNs: 50_000 });
  });

  it('does not rank bins beyond the limit of censoring', () => {
    const mixed = measurement(
      [
        [4, 8],
        [60, 1],
      ],
      { censored: { count: 1, atLeastNs: 50_000 } },
    );
    expect(quantile(mixed, 0.9)).toEqual({ kind: 'at-least', atLeastNs: 50_000 });
  });

  it('says what is missing', () => {
    expect(quantile(measurement([[1, 5]], { samples: null }), 0.5)).toMatchObject({ kind: 'unsupported' });
    expect(quantile(measurement([]), 0.5)).toMatchObject({ reason: 'there are no samples' });
    expect(quantile(measurement([[1, 5]], { samples: 9 }), 0.8)).toMatchObject({ kind: 'unsupported' });
    expect(() => quantile(ten, 50)).toThrow(RangeError);
  });

  it('encloses the sample of the same rank in the sorted list', () => {
    const samplesNs = fc.array(fc.nat(100_000), { minLength: 1, maxLength: 300 });
    fc.assert(
      fc.property(samplesNs, fc.nat(999), fc.integer({ min: 1, max: 120 }), (list, permille, limitUs) => {
        const sorted = [...list].sort((a, b) => a - b);
        const counts = new Map<number, number>();
        let overflows = 0;
        for (const ns of sorted) {
          const bin = Math.floor(ns / 1000);
          if (bin >= limitUs) overflows++;
          else counts.set(bin, (counts.get(bin) ?? 0) + 1);
        }
        const binned = measurement([...counts], {
          censored: { count: overflows, atLeastNs: limitUs * 1000 },
        });
        const result = quantile(binned, permille / 1000);
        const expected = sorted[Math.max(1, Math.ceil((permille * sorted.length) / 1000)) - 1];
        if (result.kind === 'value') {
          expect(result.valueNs).toBeLessThanOrEqual(expected);
          expect(result.belowNs).toBeGreaterThan(expected);
        } else if (result.kind === 'at-least') {
          expect(expected).toBeGreaterThanOrEqual(result.atLeastNs);
        } else {
          expect(sorted.length * (1000 - permille)).toBeLessThan(1000);
        }
      }),
    );
  });
});
