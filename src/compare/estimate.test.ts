import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { measurementOf } from '../testing/measurements.ts';
import { pairOf, quantilesDifferP, sampleChange } from './change.ts';
import { type Estimate, estimate } from './estimate.ts';
import type { Metric } from './metric.ts';

const LEVELS = { confidence: 0.95, alpha: 0.01 };
const p = (percent: number): Metric => ({ kind: 'quantile', percent });
const share = (relation: '>' | '>=', thresholdNs: number): Metric => ({
  kind: 'share',
  relation,
  thresholdNs,
});
const at = (found: Estimate) => (found.kind === 'value' ? found.value : Number.NaN);
const censored = (count: number, atLeastNs: number) => ({ censored: { count, atLeastNs } });

/** 1000 samples: 10 in each of 100 bins. */
const even = measurementOf(Array.from({ length: 100 }, (_, bin) => [bin, 10] as const));

describe('estimate', () => {
  it('puts order-statistic intervals around quantiles', () => {
    // Ranks 470 and 531 of 1000 (binomial, 2.5 % on either side) lie in the bins 46 and 53.
    expect(estimate(p(50), even, 0.95)).toEqual({ kind: 'value', value: 49_000, low: 46_000, high: 53_000 });
    expect(estimate(p(99.9), even, 0.95)).toMatchObject({ kind: 'value', high: null });
    expect(estimate(p(99.99), even, 0.95)).toMatchObject({ kind: 'unsupported' });
  });

  it('leaves an interval open whose end lies among censored samples', () => {
    const cut = measurementOf(even.bins.slice(0, 92), censored(80, 92_000));
    expect(estimate(p(91), cut, 0.95)).toMatchObject({ kind: 'value', value: 90_000, high: null });
    expect(estimate(p(95), cut, 0.95)).toEqual({ kind: 'at-least', value: 92_000 });
  });

  it('counts a share by printed values, so that it agrees with the quantile of the same threshold', () => {
    const bins = fc.array(fc.tuple(fc.nat(30), fc.integer({ min: 1, max: 50 })), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(bins, fc.nat(30), fc.integer({ min: 1, max: 99 }), (list, bin, percent) => {
        const unique = [...new Map(list)].sort(([a], [b]) => a - b);
        const measurement = measurementOf(unique);
        const quantile = estimate(p(percent), measurement, 0.95);
        if (quantile.kind !== 'value') return;
        const above = at(estimate(share('>', bin * 1000), measurement, 0.95));
        expect(quantile.value <= bin * 1000).toBe(above <= 1 - percent / 100 + 1e-12);
      }),
    );
  });

  it('does not answer a share that bins or censoring hide', () => {
    expect(at(estimate(share('>', 49_000), even, 0.95))).toBe(0.5);
    expect(at(estimate(share('>=', 49_000), even, 0.95))).toBe(0.51);
    expect(estimate(share('>', 49_500), even, 0.95)).toEqual({
      kind: 'unsupported',
      reason: '1us bins cannot tell',
    });
    const cut = measurementOf([[4, 8]], censored(2, 50_000));
    expect(at(estimate(share('>=', 50_000), cut, 0.95))).toBe(0.2);
    expect(at(estimate(share('>', 20_000), cut, 0.95))).toBe(0.2);
    expect(estimate(share('>', 50_000), cut, 0.95)).toMatchObject({ reason: 'nothing is known beyond 50us' });
    expect(estimate(share('>', 1000), measurementOf([[4, 8]], { samples: 9 }), 0.95).kind).toBe(
      'unsupported',
    );
  });

  it('bounds the mean of censored samples by the limit and the maximum', () => {
    const bins = [[4, 8]] as const;
    expect(estimate({ kind: 'mean' }, measurementOf(bins), 0.95)).toMatchObject({ value: 4000, low: 4000 });
    const open = measurementOf(bins, censored(2, 50_000));
    expect(estimate({ kind: 'mean' }, open, 0.95)).toEqual({ kind: 'at-least', value: 13_200 });
    const closed = measurementOf(bins, { ...censored(2, 50_000), maxNs: 70_000 });
    const mean = estimate({ kind: 'mean' }, closed, 0.95);
    expect(at(mean)).toBe((13_200 + 17_200) / 2);
    if (mean.kind === 'value') expect(mean.low!).toBeLessThan(13_200);
  });

  it('states the extremes without an interval', () => {
    const stated = measurementOf([[4, 8]], { minNs: 4000, maxNs: 4000 });
    expect(estimate({ kind: 'min' }, stated, 0.95)).toEqual({
      kind: 'value',
      value: 4000,
      low: null,
      high: null,
    });
    expect(estimate({ kind: 'max' }, measurementOf([[4, 8]], censored(1, 9000)), 0.95).kind).toBe('at-least');
  });
});

describe('sampleChange', () => {
  const shifted = measurementOf(even.bins.map(([bin, count]) => [bin + 20, count] as const));

  it('tests means and quantiles, but not extremes', () => {
    const mean = sampleChange({ kind: 'mean' }, even, shifted, LEVELS)!;
    expect(mean).toMatchObject({ delta: 20_000, significant: true });
    expect(mean.low).toBeLessThan(20_000);
    expect(mean.high).toBeGreaterThan(20_000);
    expect(sampleChange(p(50), even, shifted, LEVELS)).toMatchObject({ delta: 20_000, significant: true });
    expect(sampleChange({ kind: 'max' }, even, shifted, LEVELS)).toMatchObject({
      p: null,
      significant: false,
    });
  });

  it('finds nothing between a measurement and itself', () => {
    for (const metric of [{ kind: 'mean' } as const, p(50), p(99), share('>', 30_000)]) {
      const change = sampleChange(metric, even, even, LEVELS)!;
      expect(change).toMatchObject({ delta: 0, percent: 0, significant: false });
      expect(change.p).toBeCloseTo(1, 9);
    }
  });

  it("has Newcombe's interval for shares: 56 of 70 against 48 of 80 (Statistics in Medicine 17, 1998)", () => {
    const of = (hits: number, n: number) =>
      measurementOf([
        [1, n - hits],
        [9, hits],
      ]); // prettier-ignore
    const change = sampleChange(share('>', 5000), of(48, 80), of(56, 70), LEVELS)!;
    expect(change.delta).toBeCloseTo(0.2, 12);
    expect(change.low).toBeCloseTo(0.0524, 4);
    expect(change.high).toBeCloseTo(0.3339, 4);
  });

  it('takes what censoring leaves open in favour of no difference', () => {
    const open = measurementOf([[4, 80]], { ...censored(20, 50_000), maxNs: 900_000 });
    const other = measurementOf(
      [
        [4, 70],
        [60, 30],
      ],
      { maxNs: 60_000 },
    ); // prettier-ignore
    expect(sampleChange({ kind: 'mean' }, open, other, LEVELS)!.p).toBe(1);
    expect(
      sampleChange({ kind: 'max' }, measurementOf([[4, 8]], censored(1, 9000)), other, LEVELS),
    ).toBeNull();
  });

  it('tests a quantile on both sides of the tie that holds it', () => {
    const a = measurementOf([
      [4, 500],
      [5, 490],
      [6, 10],
    ]); // prettier-ignore
    const b = measurementOf([
      [4, 500],
      [5, 400],
      [6, 100],
    ]); // prettier-ignore
    expect(quantilesDifferP(0.5, pairOf(a, b)!)).toBeCloseTo(1, 9);
    expect(quantilesDifferP(0.95, pairOf(a, b)!)).toBeLessThan(1e-10);
    // p99 is 4 in one and 5 in the other, and the pooled one lies in the last tie.
    const few = measurementOf([
      [4, 9905],
      [5, 94],
      [6, 1],
    ]); // prettier-ignore
    const many = measurementOf([
      [4, 9000],
      [5, 999],
      [6, 1],
    ]); // prettier-ignore
    expect(sampleChange(p(99), few, many, LEVELS)).toMatchObject({ delta: 1000, significant: true });
    const cut = measurementOf([[4, 9000]], censored(1000, 5000));
    expect(quantilesDifferP(0.99, pairOf(few, cut)!)).toBeLessThan(1e-10);
  });

  it('rounds stated extremes down to the bins, as all other figures', () => {
    const fine = measurementOf([[4, 8]], { minNs: 4330, maxNs: 4990 });
    expect(at(estimate({ kind: 'min' }, fine, 0.95))).toBe(4000);
    expect(at(estimate({ kind: 'max' }, fine, 0.95))).toBe(4000);
  });
});
