import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ksDistance, mannWhitneyU, permutationP, scholzStephens } from '../../testing/permutations.ts';
import { andersonDarling, andersonDarlingUpper } from './anderson-darling.ts';
import { twoSamples, twoSamplesOfValues } from './counts.ts';
import { sharesDifferP } from './fisher.ts';
import { kolmogorovSmirnov, kolmogorovUpper } from './kolmogorov-smirnov.ts';
import { mannWhitney } from './mann-whitney.ts';
import { moments } from './moments.ts';
import { meanMargin, welch } from './welch.ts';

/** Few distinct values, so that most samples are tied. */
const tied = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 7 });

function choose(n: number, k: number): number {
  let value = 1;
  for (let i = 1; i <= k; i++) value = (value * (n - k + i)) / i;
  return k < 0 || k > n ? 0 : value;
}

describe('Kolmogorov-Smirnov', () => {
  it('counts every split of tied samples as brute force does', () => {
    fc.assert(
      fc.property(tied, tied, (a, b) => {
        const { statistic, p, method } = kolmogorovSmirnov(twoSamplesOfValues(a, b));
        expect(statistic).toBeCloseTo(ksDistance(a, b), 12);
        expect(p).toBeCloseTo(permutationP(a, b, ksDistance), 10);
        expect(method).toBe('exact');
      }),
      { numRuns: 60 },
    );
  });

  it('agrees with the closed form for equal sizes without ties (Gnedenko & Korolyuk 1951)', () => {
    const n = 10;
    for (let k = 1; k <= n; k++) {
      // The first k samples belong to A, the rest alternate: D = k / n.
      const order = ['a'.repeat(k), 'ba'.repeat(n - k), 'b'.repeat(k)].join('');
      const rows = [...order].map((side): [number, number] => (side === 'a' ? [1, 0] : [0, 1]));
      let expected = 0;
      for (let j = 1; j * k <= n; j++) expected += (j % 2 ? 2 : -2) * choose(2 * n, n - j * k);
      expect(kolmogorovSmirnov(twoSamples(rows)).p).toBeCloseTo(expected / choose(2 * n, n), 12);
    }
  });

  it("has Smirnov's limit (Annals of Mathematical Statistics 19, 1948)", () => {
    const table = [
      [0.5, 0.036055],
      [0.8, 0.455857],
      [1.0, 0.73],
      [1.36, 0.950514],
      [1.63, 0.990154],
    ] as const;
    for (const [lambda, below] of table) expect(1 - kolmogorovUpper(lambda)).toBeCloseTo(below, 5);
    expect(kolmogorovUpper(0.9999999)).toBeCloseTo(kolmogorovUpper(1), 6);
    expect(kolmogorovUpper(0)).toBe(1);
  });
});

describe('Mann-Whitney', () => {
  it('counts every split of tied samples as brute force does', () => {
    const distance = (a: readonly number[], b: readonly number[]) =>
      Math.abs(mannWhitneyU(a, b) - (a.length * b.length) / 2);
    fc.assert(
      fc.property(tied, tied, (a, b) => {
        const result = mannWhitney(twoSamplesOfValues(a, b));
        expect(result.statistic).toBeCloseTo(mannWhitneyU(a, b), 12);
        expect(result.p).toBeCloseTo(permutationP(a, b, distance), 10);
        expect(result.superiority).toBeCloseTo(mannWhitneyU(a, b) / a.length / b.length, 12);
      }),
      { numRuns: 60 },
    );
  });

  it('agrees with published examples and tables', () => {
    // M. Hollander & D. Wolfe, Nonparametric Statistical Methods, table 4.1: W = 35, one-sided p = 0.1272.
    const chorion = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
    const gestation = [1.15, 0.88, 0.9, 0.74, 1.21];
    const result = mannWhitney(twoSamplesOfValues(gestation, chorion));
    expect(result.statistic).toBe(35);
    expect(result.p / 2).toBeCloseTo(0.1272, 4);
    // H. B. Mann & D. R. Whitney (1947): P(U <= 2) = 4/252 for 5 and 5, P(U <= 0) = 1/70 for 4 and 4.
    expect(mannWhitney(twoSamplesOfValues([1, 2, 3, 4, 7], [5, 6, 8, 9, 10])).p).toBeCloseTo(8 / 252, 12);
    expect(mannWhitney(twoSamplesOfValues([1, 2, 3, 4], [5, 6, 7, 8])).p).toBeCloseTo(2 / 70, 12);
  });

  it('passes over to its limit without a jump', () => {
    const rows = (more: number) =>
      twoSamples([
        [6, 2],
        [9, 7],
        [8 + more, 9 + more],
        [5, 6],
        [2, 6],
      ]); // prettier-ignore
    const exact = mannWhitney(rows(0));
    const limit = mannWhitney(rows(1));
    expect(exact.method).toBe('exact');
    expect(limit.method).toBe('asymptotic');
    expect(Math.abs(limit.p - exact.p)).toBeLessThan(0.01);
  });
});

describe('Anderson-Darling', () => {
  it('is the statistic of Scholz & Stephens, ties included', () => {
    fc.assert(
      fc.property(tied, tied, (a, b) => {
        fc.pre(new Set([...a, ...b]).size > 1);
        expect(andersonDarling(twoSamplesOfValues(a, b)).statistic).toBeCloseTo(scholzStephens(a, b), 10);
      }),
    );
  });

  it('is checked against a formula that gives the published example', () => {
    // Scholz & Stephens (1987), section 7: smoothness of paper in four laboratories, A²akN = 8.3926.
    const laboratories = [
      [38.7, 41.5, 43.8, 44.5, 45.5, 46.0, 47.7, 58.0],
      [39.2, 39.3, 39.7, 41.4, 41.8, 42.9, 43.3, 45.8],
      [34.0, 35.0, 39.0, 40.0, 43.0, 43.0, 44.0, 45.0],
      [34.0, 34.8, 34.8, 35.4, 37.2, 37.8, 41.2, 42.8],
    ];
    expect(scholzStephens(...laboratories)).toBeCloseTo(8.3926, 4);
  });

  it('has the published critical values without ties', () => {
    // Table 1 there, m = 1: T = (A² - 1) / sigma, which tends to sqrt(2 (pi² - 9) / 3).
    const sigma = Math.sqrt((2 * (Math.PI ** 2 - 9)) / 3);
    const table = [
      [0.25, 0.326],
      [0.1, 1.225],
      [0.05, 1.96],
      [0.025, 2.719],
      [0.01, 3.752],
    ] as const; // prettier-ignore
    const untied = twoSamples(Array.from({ length: 4000 }, (_, i) => (i % 2 ? [1, 0] : [0, 1])));
    for (const [p, critical] of table) {
      expect(Math.abs(andersonDarlingUpper(1 + critical * sigma, untied) - p)).toBeLessThan(0.0004);
    }
    // G. & J. Marsaglia, Journal of Statistical Software 9 (2004): the 95 % point of the limit is 2.492367.
    expect(andersonDarlingUpper(2.492367, untied)).toBeCloseTo(0.05, 4);
  });

  it('has the exact law of three heavily tied values', () => {
    const groups = [240, 100, 60];
    const size = 160;
    for (const seen of [
      [110, 30, 20],
      [80, 45, 35],
      [96, 52, 12],
    ] as const) {
      // prettier-ignore
      const found = andersonDarling(splitOf(groups, seen));
      let expected = 0;
      for (let x = 0; x <= size; x++) {
        for (let y = 0; x + y <= size; y++) {
          const z = size - x - y;
          if (x > groups[0]! || y > groups[1]! || z > groups[2]!) continue;
          if (statisticOf(groups, [x, y, z]) < found.statistic - 1e-9) continue;
          expected += Math.exp(
            logBinomial(240, x) + logBinomial(100, y) + logBinomial(60, z) - logBinomial(400, size),
          );
        }
      }
      expect(Math.abs(found.p - expected)).toBeLessThan(0.05 * expected + 0.001);
    }
  });

  it('finds no difference between equal samples and where there is but one value', () => {
    expect(andersonDarling(twoSamples([[5, 9]])).p).toBe(1);
    expect(andersonDarling(twoSamplesOfValues([1, 2, 3], [1, 2, 3])).p).toBeGreaterThan(0.99);
  });
});

function splitOf(groups: readonly number[], a: readonly number[]) {
  return twoSamples(groups.map((count, i) => [a[i]!, count - a[i]!] as const));
}

function statisticOf(groups: readonly number[], a: readonly number[]): number {
  return andersonDarling(splitOf(groups, a)).statistic;
}

function logBinomial(n: number, k: number): number {
  let value = 0;
  for (let i = 1; i <= k; i++) value += Math.log((n - k + i) / i);
  return value;
}

describe('means and shares', () => {
  it("agrees with Student's sleep data (R's t.test): t = -1.8608, df = 17.776, p = 0.07939", () => {
    const group1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
    const group2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
    const ones = new Array(10).fill(1);
    const result = welch(moments(group1, ones), moments(group2, ones), 0.95);
    expect(result.difference).toBeCloseTo(1.58, 12);
    expect(result.p).toBeCloseTo(0.07939, 5);
    expect(result.low).toBeCloseTo(-0.2054832, 6);
    expect(result.high).toBeCloseTo(3.3654832, 6);
  });

  it('is sure where nothing varies', () => {
    const at = (mean: number) => ({ n: 5, mean, variance: 0 });
    expect(welch(at(3), at(3), 0.95).p).toBe(1);
    expect(welch(at(3), at(4), 0.95).p).toBe(0);
    expect(meanMargin({ n: 1, mean: 3, variance: 0 }, 0.95)).toBe(Number.POSITIVE_INFINITY);
  });

  it('weighs values by their counts, far from zero', () => {
    const result = moments([1e9, 1e9 + 10], [3, 1]);
    expect(result).toEqual({ n: 4, mean: 1e9 + 2.5, variance: 25 });
  });

  it("agrees with Fisher's tea taster and with sums over small tables", () => {
    expect(sharesDifferP(3, 4, 1, 4)).toBeCloseTo(34 / 70, 12);
    expect(sharesDifferP(0, 9, 0, 5)).toBe(1);
    fc.assert(
      fc.property(fc.nat(12), fc.nat(12), fc.integer({ min: 12, max: 20 }), (x, y, n) => {
        const all = choose(2 * n, x + y);
        const chance = (k: number) => (choose(n, k) * choose(n, x + y - k)) / all;
        let expected = 0;
        for (let k = 0; k <= n; k++) if (chance(k) <= chance(x) * (1 + 1e-9)) expected += chance(k);
        expect(sharesDifferP(x, n, y, n)).toBeCloseTo(expected, 9);
      }),
    );
  });

  it('passes over to the normal limit without a jump', () => {
    const few = sharesDifferP(9_900, 300_000, 10_090, 300_000);
    const many = sharesDifferP(9_910, 300_000, 10_100, 300_000);
    expect(Math.abs(few - many)).toBeLessThan(0.002);
  });
});
