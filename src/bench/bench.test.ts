import { describe, expect, it } from 'vitest';
import { CASE_NAMES, loadCase } from './cases.ts';
import { timeEngine } from './engine.ts';
import { Limit } from './limit.ts';
import { measureCases } from './measure.ts';
import { renderReport } from './report.ts';
import { spreadOf } from './statistics.ts';
import { countCase, countWork } from './work.ts';

const LOOPS = 500;

describe('the benchmark', () => {
  it('measures every case, twice with the same result', async () => {
    const cases = await measureCases({ loops: LOOPS, repetitions: 2 }, countCase);
    expect(cases.map(({ name }) => name)).toEqual(CASE_NAMES);
    for (const { nsPerLoop, work } of cases) {
      expect(nsPerLoop.min).toBeGreaterThan(0);
      expect(work.stages).toBeGreaterThan(work.draws);
    }
  });

  it('hashes the result: another seed, another hash', async () => {
    const hashes = [[], [], ['seed="other"']].map(async (set) => {
      return timeEngine(await loadCase('hv timer on', LOOPS, set)).hash;
    });
    const [first, again, other] = await Promise.all(hashes);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
  });

  it('counts stages and draws by watching, which leaves the run as it is', async () => {
    const scenario = await loadCase('hv timer off', LOOPS);
    const { hash } = timeEngine(scenario);
    const work = countWork(scenario);
    expect(work.draws).toBeGreaterThan(20);
    expect(countWork(scenario)).toEqual(work);
    expect(timeEngine(scenario).hash).toBe(hash);
  });

  it('does the unavoidable work in C, where there is a compiler', () => {
    const limit = Limit.compile();
    if (limit === null) return;
    try {
      expect(limit.nsPerLoop({ stages: 100, draws: 60 }, 1000)).toBeGreaterThan(0);
    } finally {
      limit.remove();
    }
  });

  it('prints a table with one row for each case', async () => {
    const cases = await measureCases({ loops: LOOPS, repetitions: 1 }, countCase);
    const machine = { cpu: 'test', cpus: 2, node: 'v20' };
    const text = renderReport({ machine, loops: LOOPS, repetitions: 1, cases, startUp: [], growth: [] });
    for (const { name, hash } of cases) {
      expect(text.split('\n').find((line) => line.includes(name))).toContain(hash);
    }
  });
});

describe('spreadOf', () => {
  it.each([
    [[3], { median: 3, min: 3, max: 3 }],
    [[4, 1, 2], { median: 2, min: 1, max: 4 }],
    [[4, 1, 2, 10], { median: 3, min: 1, max: 10 }],
  ])('%j', (values, spread) => {
    expect(spreadOf(values)).toEqual(spread);
  });
});
