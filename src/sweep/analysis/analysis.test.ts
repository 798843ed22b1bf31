import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { metricOf } from '../metric.ts';
import type { Configuration } from './configurations.ts';
import { ranked } from './configurations.ts';
import { interactions, mainEffects } from './effects.ts';
import { bestFor, parseGoal } from './goal.ts';
import { levelsOf } from './levels.ts';

const METRIC = metricOf('max', [], '--metric');
const FACTORS = [
  { name: 'a', positions: [0], isContinuous: true },
  { name: 'b', positions: [1], isContinuous: false },
];

const configuration = (point: number, values: (number | string)[], ...maxima: number[]): Configuration => ({
  point,
  values,
  records: maxima.map((max_ns) => ({ samples: 1, min_ns: 0, mean_ns: -max_ns, max_ns, quantiles_ns: [] })),
});

/** max = 10 a + b, without interaction; then with one in a single cell. */
const grid = (extra = 0) =>
  [0, 1, 2].flatMap((a) =>
    ['x', 'y'].map((b, j) =>
      configuration(2 * a + j, [a, b], 10 * a + 4 * j + (a === 2 && j === 1 ? extra : 0)),
    ),
  );

describe('main effects', () => {
  it('are the spans of the level means, the strongest first, with their shares of the variance', () => {
    const [first, second] = mainEffects(ranked(grid(), METRIC), FACTORS);
    expect(first).toMatchObject({ factor: { name: 'a' }, span: 20 });
    expect(first.levels.map(({ label, mean }) => [label, mean])).toEqual([
      ['0', 2],
      ['1', 12],
      ['2', 22],
    ]);
    expect(second).toMatchObject({ factor: { name: 'b' }, span: 4 });
    expect(first.share + second.share).toBeCloseTo(1, 12);
    expect(second.share).toBeCloseTo(24 / (24 + 400), 12);
  });
  it('leave out what does not vary', () => {
    expect(
      mainEffects(ranked([configuration(0, [1, 'x'], 1), configuration(1, [2, 'x'], 2)], METRIC), FACTORS),
    ).toHaveLength(1);
  });
});

describe('interactions', () => {
  it('are nothing where effects add up, and the distance from the sum where they do not', () => {
    expect(interactions(ranked(grid(), METRIC), FACTORS)[0].strength).toBeCloseTo(0, 12);
    expect(interactions(ranked(grid(6), METRIC), FACTORS)[0].strength).toBeCloseTo(2, 12);
  });
});

describe('levelsOf', () => {
  it('orders numbers, keeps the order of the plan for everything else, and joins what changes together', () => {
    const points = ranked(
      [configuration(0, ['z', 10], 3), configuration(1, ['a', 9], 2), configuration(2, ['z', 9], 1)],
      METRIC,
    );
    expect(levelsOf(points, FACTORS[0]).map(({ label }) => label)).toEqual(['z', 'a']);
    expect(levelsOf(points, FACTORS[1]).map(({ label }) => label)).toEqual(['9', '10']);
    expect(
      levelsOf(points, { name: 'a + b', positions: [0, 1], isContinuous: false }).map(({ label }) => label),
    ).toEqual(['z / 10', 'a / 9', 'z / 9']);
  });
  it('puts a continuous sample into four spans of equally many points', () => {
    const points = ranked(
      Array.from({ length: 100 }, (_, index) => configuration(index, [index / 7, 'x'], index)),
      METRIC,
    );
    const levels = levelsOf(points, FACTORS[0]);
    expect(levels.map(({ points: { length } }) => length)).toEqual([25, 25, 25, 25]);
    expect(levels[0].label).toBe('0…3.4285714285714284');
    expect(levelsOf(points, FACTORS[0], true)).toHaveLength(100);
  });
});

describe('goals', () => {
  const goal = (text: string) => parseGoal(text, ['a', 'b'], [99.9]);
  it('are figures or varied numbers', () => {
    expect(goal(' min  p99.9 ')).toMatchObject({ direction: 'min', subject: 'p99.9', isTime: true });
    expect(goal('max a')).toMatchObject({ direction: 'max', subject: 'a', isTime: false });
    expect(() => goal('least a')).toThrow('is no goal');
    expect(() => goal('min p99')).toThrow(
      'there is no figure "p99" (there are: min, mean, p99.9, max, a, b)',
    );
  });
  it('average over repetitions, and take the first of equal ones', () => {
    const candidates = [
      configuration(0, [1, 'x'], 5, 9),
      configuration(2, [2, 'x'], 6, 6),
      configuration(4, [3, 'x'], 3, 9),
    ];
    expect(bestFor([goal('min max')], candidates)).toEqual([{ configuration: candidates[1], values: [6] }]);
    expect(bestFor([goal('max max')], candidates)[0].configuration.point).toBe(0);
    expect(bestFor([goal('min b')], candidates)).toEqual([]);
  });
  it('give the Pareto set: nothing in it is beaten, everything outside it is', () => {
    const cost = fc.tuple(fc.nat(12), fc.nat(12));
    fc.assert(
      fc.property(fc.array(cost, { minLength: 1, maxLength: 40 }), (costs) => {
        const all = costs.map(([a, max], point) => configuration(point, [a, 'x'], max));
        const front = bestFor([goal('max a'), goal('min max')], all).map(({ values }) => values);
        const beats = ([a, max]: readonly number[], [otherA, otherMax]: readonly number[]) =>
          a >= otherA && max <= otherMax && (a > otherA || max < otherMax);
        for (const one of costs) {
          const isInside = front.some(([a, max]) => a === one[0] && max === one[1]);
          expect(isInside).toBe(!costs.some((other) => beats(other, one)));
        }
        expect(new Set(front.map(String)).size).toBe(front.length);
      }),
    );
  });
});
