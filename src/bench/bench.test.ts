import { describe, expect, it } from 'vitest';
import { CASE_NAMES, loadCase } from './cases.ts';
import { withReport } from './document.ts';
import { measureDraw } from './draws.ts';
import { timeEngine } from './engine.ts';
import { violations } from './guard.ts';
import { Limit } from './limit.ts';
import { measureCases } from './measure.ts';
import { type BenchReport, renderReport } from './report.ts';
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

  it('times single draws', () => {
    expect(measureDraw(3, 1_000_000).median).toBeGreaterThan(0);
  });
});

describe('the report', () => {
  it('has a row for each thing that was measured', async () => {
    const cases = await measureCases({ loops: LOOPS, repetitions: 1 }, countCase);
    const one = { median: 1, min: 1, max: 1 };
    const text = renderReport({
      ...EMPTY,
      cases,
      nsPerDraw: one,
      generalSimulators: [
        { name: 'Present', version: '1.2', nsPerEvent: one },
        { name: 'Absent', version: null, nsPerEvent: null },
      ],
      startUp: [{ command: 'a command', wallMs: one, timesNode: 1, residentMib: 40 }],
    });
    const rowOf = (name: string) => text.split('\n').find((line) => line.includes(name));
    for (const { name, hash } of cases) expect(rowOf(name)).toContain(hash);
    expect(rowOf('Present 1.2')).toContain('1000000000');
    expect(rowOf('Absent')).toMatch(/not installed +\| - +\| - +\| - /);
    expect(rowOf('a command')).toContain('1 (1 … 1)');
    expect(rowOf('One draw')).toContain('1.0 (1.0 … 1.0) ns');
  });

  it('takes the place of the one before in a document', () => {
    const text = 'before\n<!-- bench: how -->\nold\n<!-- end of bench -->\nafter\n';
    const written = withReport(text, 'new\n');
    expect(written).toBe('before\n<!-- bench: how -->\n\nnew\n\n<!-- end of bench -->\nafter\n');
    expect(withReport(written, 'new\n')).toBe(written);
    expect(() => withReport('nothing', 'new\n')).toThrow('no place');
  });
});

describe('the guard', () => {
  const caseWith = (ratio: BenchReport['cases'][number]['ratio']) => ({
    name: CASE_NAMES[0],
    work: { stages: 1, draws: 1 },
    nsPerLoop: { median: 1, min: 1, max: 1 },
    limitNsPerLoop: null,
    ratio,
    hash: '',
  });
  it.each([
    ['takes the best repetition', { median: 45, min: 39, max: 60 }, 0],
    ['fails where all are too slow', { median: 45, min: 41, max: 60 }, 1],
    ['passes without a compiler', null, 0],
  ])('%s', (_, ratio, count) => {
    expect(violations([caseWith(ratio)], 40)).toHaveLength(count);
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

const EMPTY: BenchReport = {
  machine: { cpu: 'test', cpus: 2, node: 'v20' },
  loops: LOOPS,
  repetitions: 1,
  cases: [],
  nsPerDraw: null,
  generalSimulators: [],
  startUp: [],
  growth: [],
};
