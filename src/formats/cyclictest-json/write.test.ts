import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ThreadResult } from '../../measurement/result-document.ts';
import { documentOf, threadOf } from '../../testing/results.ts';
import { writeCyclictestJson } from './write.ts';

const FIXTURES = new URL('../fixtures/cyclictest/2.4/', import.meta.url);
/** Lines that tell of the machine and the moment, not of the latencies. */
const CIRCUMSTANCES = /^ *"(cmdline:|start_time|end_time|nodename|release|version|node)": /;

interface RealThread {
  readonly histogram: Record<string, number>;
  readonly cycles: number;
  readonly min: number;
  readonly max: number;
  readonly avg: number | null;
}

function threadFromReal(
  { histogram, cycles, min, max, avg }: RealThread,
  index: number,
  rows: number,
): ThreadResult {
  const bins = Object.entries(histogram).map(([us, count]) => [Number(us), count] as const);
  const binned = bins.reduce((sum, [, count]) => sum + count, 0);
  return {
    ...threadOf([], rows, String(index)),
    binWidthNs: 1000,
    bins,
    censored: { count: cycles - binned, atLeastNs: rows * 1000 },
    minNs: min * 1000,
    maxNs: max * 1000,
    meanNs: avg === null ? null : avg * 1000,
  };
}

describe('writeCyclictestJson', () => {
  it.each([
    ['json-h', 100],
    ['json-h-1t-overflow', 20],
    ['sigint-zero-cycles', 10],
  ])('%s is laid out as the real one', (name, rows) => {
    const text = readFileSync(new URL(`${name}.json`, FIXTURES), 'utf8').replace('-nan', 'null');
    const real: { thread: Record<string, RealThread> } = JSON.parse(text);
    const threads = Object.values(real.thread).map((thread, index) => threadFromReal(thread, index, rows));
    const written = writeCyclictestJson(documentOf(threads));
    const withoutCircumstances = (json: string) =>
      json.split('\n').filter((line) => !CIRCUMSTANCES.test(line));
    expect(withoutCircumstances(written)).toEqual(withoutCircumstances(text));
    expect(Object.keys(JSON.parse(written))).toEqual(Object.keys(real));
  });

  it('has no date: the clock of a simulation starts at the epoch', () => {
    const scenario = {
      vcpus: [{}, {}],
      guest: { kernel: { version: '4.8', preempt: 'rt' } },
      workload: {
        tool: 'cyclictest',
        threads: 1,
        priority: 99,
        interval_us: 500_000,
        distance_us: 0,
        loops: 4,
        histogram_us: 50,
      },
    };
    const threads = [threadOf([4_000, 5_990, 4_000, 6_000], 50)];
    const written = JSON.parse(writeCyclictestJson(documentOf(threads, { scenario })));
    expect(written).toMatchObject({
      'cmdline:': 'cyclictest -q -m -t 1 -p 99 -i 500000 -l 4 -h 50 --json',
      start_time: 'Thu, 01 Jan 1970 00:00:00 +0000',
      end_time: 'Thu, 01 Jan 1970 00:00:02 +0000',
      sysinfo: { release: '4.8', realtime: 1 },
      thread: { 0: { histogram: { 4: 2, 5: 1, 6: 1 }, cycles: 4, min: 4, max: 6, avg: 4.75, cpu: 0 } },
    });
  });
});
