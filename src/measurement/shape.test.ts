import { describe, expect, it } from 'vitest';
import * as shape from './shape.ts';

describe('shapes', () => {
  it('say what is wrong and where', () => {
    const pair = shape.object({
      name: shape.name,
      at: shape.nullable(shape.list(shape.tuple(shape.whole, shape.positive))),
    });
    expect(pair({ name: 'x', at: null, more: 1 })).toEqual([]);
    expect(
      pair({
        name: 'x',
        at: [
          [1, 2],
          [3, 0.5],
        ],
      }),
    ).toEqual([]); // prettier-ignore
    expect(pair({ name: '', at: [[1, 2], [-1, 0], [1], 7] })).toEqual([
      { path: 'name', message: 'must be text that is not empty' },
      { path: 'at.1.0', message: 'must be a whole number' },
      { path: 'at.1.1', message: 'must be a number above 0' },
      { path: 'at.2', message: 'must be a list of 2' },
      { path: 'at.3', message: 'must be a list of 2' },
    ]); // prettier-ignore
    expect(pair({})).toEqual([
      { path: 'name', message: 'is missing' },
      { path: 'at', message: 'is missing' },
    ]); // prettier-ignore
    expect(pair([])).toEqual([{ path: '', message: 'must be an object' }]);
  });

  it('know their kinds of values', () => {
    const fine = [
      [shape.boolean, false],
      [shape.string, ''],
      [shape.integer, -3],
      [shape.counting, 1],
      [shape.notNegative, 0],
      [shape.jsonObject, {}],
      [shape.oneOf('a', 1), 1],
      [shape.list(shape.whole), []],
    ] as const; // prettier-ignore
    for (const [kind, value] of fine) expect(kind(value)).toEqual([]);
    const wrong = [
      [shape.boolean, 0],
      [shape.string, null],
      [shape.integer, 0.5],
      [shape.counting, 0],
      [shape.notNegative, -1],
      [shape.notNegative, Number.NaN],
      [shape.jsonObject, []],
      [shape.oneOf('a', 1), 'b'],
      [shape.list(shape.whole), {}],
      [shape.whole, 2 ** 53],
      [shape.whole, '1'],
    ] as const; // prettier-ignore
    for (const [kind, value] of wrong) expect(kind(value), JSON.stringify(value)).toHaveLength(1);
  });

  it('ask for more only where the shape is right, and stop after enough', () => {
    const ascending = shape.also<number[]>(shape.list(shape.whole), '', ([a, b]) =>
      a! < b! ? null : 'must ascend',
    );
    expect(ascending([1, 2])).toEqual([]);
    expect(ascending([2, 1])).toEqual([{ path: '', message: 'must ascend' }]);
    expect(ascending([2, 'x'])).toEqual([{ path: '1', message: 'must be a whole number' }]);
    expect(shape.list(shape.whole)(new Array(1000).fill(-1))).toHaveLength(20);
  });
});
