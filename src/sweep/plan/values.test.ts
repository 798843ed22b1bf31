import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandValues, rangeFault, valueCount } from './values.ts';

const range = (more: object) => ({ from: 0, to: 10, scale: 'linear' as const, ...more });

describe('expandValues', () => {
  it('takes lists as they are', () => {
    expect(expandValues(['a', null, 3], false)).toEqual(['a', null, 3]);
  });
  it('steps to the last value that fits, without the noise of binary fractions', () => {
    expect(expandValues(range({ from: 0, to: 1, step: 0.3 }), false)).toEqual([0, 0.3, 0.6, 0.9]);
    expect(expandValues(range({ from: 0, to: 5000, step: 1000 }), true)).toEqual([
      0, 1000, 2000, 3000, 4000, 5000,
    ]);
    expect(expandValues(range({ from: 0.1, to: 0.7, step: 0.1 }), false)).toEqual([
      0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7,
    ]);
  });
  it('spreads points over decades', () => {
    expect(expandValues(range({ from: 10, to: 10_000, points: 4, scale: 'log' }), false)).toEqual([
      10, 100, 1000, 10_000,
    ]);
  });
  it('rounds whole-number fields and keeps each value once', () => {
    expect(expandValues(range({ from: 1, to: 4, points: 7 }), true)).toEqual([1, 2, 3, 4]);
  });
  it('begins and ends where it is told to, ascending, with as many values as it says', () => {
    const anyRange = fc.record({
      from: fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
      length: fc.double({ min: 1e-2, max: 1e6, noNaN: true }),
      points: fc.integer({ min: 2, max: 200 }),
      scale: fc.constantFrom('linear' as const, 'log' as const),
    });
    fc.assert(
      fc.property(anyRange, ({ from, length, points, scale }) => {
        const values = expandValues({ from, to: from + length, points, scale }, false) as number[];
        expect(values[0]).toBeCloseTo(from, 6);
        expect(values.at(-1)! / (from + length)).toBeCloseTo(1, 9);
        expect(values.length).toBeLessThanOrEqual(valueCount({ from, to: from + length, points, scale }));
        expect(values.every((value, index) => index === 0 || value > values[index - 1])).toBe(true);
      }),
    );
  });
});

describe('rangeFault', () => {
  const cases: [string, object, boolean][] = [
    ['the range is empty: 5 to 5', { from: 5, to: 5, points: 2 }, false],
    ['the range is empty: 5 to 1', { from: 5, to: 1, step: 1 }, false],
    ['`step` and `points` exclude each other', { step: 1, points: 2 }, false],
    ['a logarithmic range cannot begin at 0 or below', { points: 3, scale: 'log' }, false],
    ['a logarithmic range has no fixed step', { from: 1, step: 3, scale: 'log' }, false],
    ['the step is larger than the range of 10', { step: 11 }, false],
    ['how many values is not said', {}, false],
  ];
  it.each(cases)('%s', (message, more, sampled) => {
    expect(rangeFault(range(more), sampled)?.message).toBe(message);
  });
  it('lets a sample go without `step` and `points`', () => {
    expect(rangeFault(range({}), true)).toBeUndefined();
    expect(rangeFault(range({ step: 2 }), false)).toBeUndefined();
  });
});
