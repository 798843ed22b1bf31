import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { betaI, binomialCdf, studentQuantileTwoSided, studentTwoSided } from './beta.ts';
import { gammaQ, logChoose, logGamma } from './gamma.ts';
import { normalQuantile, normalTwoSided, normalUpper } from './normal.ts';
import { quantileRanks } from './order-statistics.ts';
import { wilsonInterval } from './wilson.ts';

/** Binomial coefficients by Pascal's rule: nothing in common with the gamma function. */
function pascal(n: number): number[] {
  let row = [1];
  for (let i = 0; i < n; i++) row = [1, ...row.slice(1).map((value, k) => value + row[k]!), 1];
  return row;
}

function binomialSum(k: number, n: number, p: number): number {
  const row = pascal(n);
  let total = 0;
  for (let i = 0; i <= k; i++) total += row[i]! * p ** i * (1 - p) ** (n - i);
  return total;
}

describe('gamma', () => {
  it('agrees with factorials and with Abramowitz & Stegun, table 6.1', () => {
    let factorial = 1;
    for (let n = 1; n < 20; n++) {
      expect(logGamma(n)).toBeCloseTo(Math.log(factorial), 11);
      factorial *= n;
    }
    expect(Math.exp(logGamma(1.5))).toBeCloseTo(0.8862269255, 10);
    expect(Math.exp(logGamma(1.25))).toBeCloseTo(0.9064024771, 10);
    pascal(30).forEach((value, k) => {
      expect(Math.exp(logChoose(30, k)) / value).toBeCloseTo(1, 10);
    });
  });

  it('is exp(-x) for a = 1 on both of its branches', () => {
    for (const x of [0.1, 1, 1.9, 2.1, 10, 50]) expect(gammaQ(1, x) / Math.exp(-x)).toBeCloseTo(1, 12);
  });
});

describe('normal distribution', () => {
  it('agrees with Abramowitz & Stegun, tables 26.1 and 26.2', () => {
    expect(normalUpper(1)).toBeCloseTo(0.158655253931457, 14);
    expect(normalUpper(-1)).toBeCloseTo(0.841344746068543, 14);
    expect(normalUpper(3)).toBeCloseTo(0.001349898031630095, 16);
    expect(normalUpper(10) / 7.61985302416053e-24).toBeCloseTo(1, 10);
    expect(normalTwoSided(1.959963984540054)).toBeCloseTo(0.05, 14);
  });

  it('has the quantiles as its inverse', () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12);
    expect(normalQuantile(0.995)).toBeCloseTo(2.5758293035489, 12);
    for (const p of [1e-12, 1e-4, 0.3, 0.4999, 0.5, 0.7, 0.9999]) {
      expect(normalUpper(-normalQuantile(p)) / p).toBeCloseTo(1, 10);
    }
  });
});

describe('beta, binomial and t', () => {
  it('agrees with sums of binomial terms', () => {
    for (const p of [0.01, 0.3, 0.5, 0.999]) {
      for (const k of [-1, 0, 1, 7, 20, 39, 40]) {
        expect(binomialCdf(k, 40, p)).toBeCloseTo(k < 0 ? 0 : binomialSum(k, 40, p), 11);
      }
    }
    expect(betaI(0, 2, 3)).toBe(0);
    expect(betaI(1, 2, 3)).toBe(1);
  });

  it('agrees with Abramowitz & Stegun, table 26.10 (percentage points of t)', () => {
    const rows = [
      [1, 0.95, 12.7062047],
      [5, 0.99, 4.032143],
      [10, 0.95, 2.2281389],
      [30, 0.99, 2.7499957],
      [120, 0.95, 1.9799304],
    ] as const;
    for (const [freedom, level, t] of rows) {
      expect(studentQuantileTwoSided(level, freedom)).toBeCloseTo(t, 6);
      expect(studentTwoSided(t, freedom)).toBeCloseTo(1 - level, 7);
    }
  });
});

describe('intervals', () => {
  it('gives the ranks of the median that tables give (Conover, table A3)', () => {
    expect(quantileRanks(5, 0.5, 0.95)).toEqual({ low: null, high: null });
    expect(quantileRanks(6, 0.5, 0.95)).toEqual({ low: 1, high: 6 });
    expect(quantileRanks(10, 0.5, 0.95)).toEqual({ low: 2, high: 9 });
    expect(quantileRanks(100, 0.5, 0.95)).toEqual({ low: 40, high: 61 });
  });

  it('is the narrowest pair of ranks that keeps each tail within its half', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 45 }), fc.integer({ min: 1, max: 99 }), (n, percent) => {
        const q = percent / 100;
        const { low, high } = quantileRanks(n, q, 0.9);
        const above = (rank: number) => (rank === 0 ? 0 : binomialSum(rank - 1, n, q));
        const below = (rank: number) => 1 - binomialSum(rank - 1, n, q);
        if (low !== null) expect(above(low)).toBeLessThanOrEqual(0.05 + 1e-9);
        expect(above((low ?? 0) + 1)).toBeGreaterThan(0.05 - 1e-9);
        if (high !== null) expect(below(high)).toBeLessThanOrEqual(0.05 + 1e-9);
        expect(below((high ?? n + 1) - 1 || 1)).toBeGreaterThan(high === 1 ? -1 : 0.05 - 1e-9);
      }),
    );
  });

  it('bounds p99.999 from above only with enough samples', () => {
    expect(quantileRanks(600_000, 0.99999, 0.95)).toEqual({ low: 599_989, high: 599_999 });
    expect(quantileRanks(368_000, 0.99999, 0.95).high).toBeNull();
  });

  it("agrees with R. G. Newcombe's examples of Wilson's interval (Statistics in Medicine 17, 1998)", () => {
    const rows = [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ] as const;
    for (const [hits, n, low, high] of rows) {
      expect(wilsonInterval(hits, n, 0.95).low).toBeCloseTo(low, 4);
      expect(wilsonInterval(hits, n, 0.95).high).toBeCloseTo(high, 4);
    }
  });
});
