import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Agenda, NEVER } from './agenda.ts';
import { RandomStream } from './random.ts';
import {
  binomialProbabilities,
  exponentialQuantiles,
  negativeExponential,
  negativeLog,
  quantiles,
} from './tables.ts';

describe('Agenda', () => {
  it('always names the earliest event, the lower source first at equal times', () => {
    const step = fc.record({ source: fc.nat(6), time: fc.option(fc.nat(20), { nil: NEVER }) });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const agenda = new Agenda(7);
        const times = new Array<number>(7).fill(NEVER);
        for (const { source, time } of steps) {
          times[source] = time;
          if (time === NEVER) agenda.cancel(source);
          else agenda.schedule(source, time);
          const earliest = Math.min(...times);
          expect(agenda.earliest).toBe(earliest);
          expect(agenda.source).toBe(earliest === NEVER ? -1 : times.indexOf(earliest));
        }
      }),
    );
  });
});

describe('RandomStream', () => {
  it('is decided by seed and name, and differs with either', () => {
    const draws = (seed: string, name: string) => {
      const stream = new RandomStream(seed, name);
      return Array.from({ length: 8 }, () => stream.next());
    };
    expect(draws('a', 'x')).toEqual(draws('a', 'x'));
    expect(draws('a', 'x')).not.toEqual(draws('a', 'y'));
    expect(draws('a', 'x')).not.toEqual(draws('b', 'x'));
  });

  it('reaches both ends of a range and nothing beyond', () => {
    const stream = new RandomStream('ends', 'range');
    const seen = new Set(Array.from({ length: 2000 }, () => stream.between(3, 6)));
    expect([...seen].sort()).toEqual([3, 4, 5, 6]);
    for (let draw = 0; draw < 2000; draw++) expect([0, 1, 2]).toContain(stream.below(3));
  });
});

describe('tables', () => {
  it('agree with the library where its last bits may differ', () => {
    for (const x of [1, 0.999, 0.75, 0.5, 0.1, 1e-3, 1e-9])
      expect(negativeLog(x)).toBeCloseTo(-Math.log(x), 12);
    for (const x of [0, 1e-6, 0.1, 1, 5, 30, 700])
      expect(negativeExponential(x)).toBeCloseTo(Math.exp(-x), 13);
  });

  it('give the binomial distribution of four trials', () => {
    expect([...binomialProbabilities(4, 0.5)]).toEqual([1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16]);
  });

  it('give each value its share of the quantiles', () => {
    const table = quantiles(Float64Array.of(0.25, 0.5, 0.25));
    const share = (value: number) => table.filter((entry) => entry === value).length / table.length;
    expect([share(0), share(1), share(2)]).toEqual([0.25, 0.5, 0.25]);
  });

  it('give waiting times whose mean is one', () => {
    const waits = exponentialQuantiles(4096);
    const mean = waits.reduce((sum, wait) => sum + wait, 0) / waits.length / 2 ** 20;
    expect(mean).toBeCloseTo(1, 3);
  });
});
