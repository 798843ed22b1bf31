import { describe, expect, it } from 'vitest';
import { loadScenario } from '../scenario/load.ts';
import { machineConfig } from '../scenario/machine-config.ts';
import { workloadConfig } from '../scenario/workload-config.ts';
import { BLOCK_LOOPS, blocksOf, startBlock } from './blocks.ts';
import { latencyRecorders } from './cyclictest-run.ts';
import type { LatencyRecorder } from './latency-recorder.ts';
import { startRun } from './machine.ts';
import type { CyclictestConfig } from './workload.ts';

const LOOPS = 2 * BLOCK_LOOPS + 500;

async function prepare(set: readonly string[], loops = LOOPS) {
  const { scenario, profile } = await loadScenario('jiang-2016-v4-hv-timer-on', {
    set: [`workload.loops=${loops}`, ...set],
  });
  return {
    config: machineConfig(scenario, profile),
    workload: workloadConfig(scenario) as CyclictestConfig,
  };
}

describe('blocks', () => {
  it('cut a run by its loops alone', async () => {
    for (const [loops, blocks] of [
      [1, 1],
      [BLOCK_LOOPS, 1],
      [BLOCK_LOOPS + 1, 2],
      [LOOPS, 3],
    ]) {
      expect(blocksOf((await prepare([], loops)).workload)).toBe(blocks);
    }
  });

  it.each([
    ['one thread', []],
    [
      'two threads and overflows',
      ['workload.threads=2', 'workload.distance_us=500', 'workload.histogram_us=8'],
    ],
  ])('add up to the run that does one after the other: %s', async (_, set) => {
    const { config, workload } = await prepare(set);
    const run = startRun(config, workload);
    const slow = (recorder: LatencyRecorder) => {
      recorder.tailFromNs = 8000;
    };
    run.results.forEach(slow);
    while (run.advance(30_000));
    const gathered = latencyRecorders(workload);
    for (let index = 0; index < blocksOf(workload); index++) {
      const block = startBlock(config, workload, index);
      block.results.forEach(slow);
      while (block.advance(50_000));
      block.results.forEach((recorder, thread) => {
        gathered[thread].append(structuredClone(recorder.snapshot()));
      });
    }
    expect(gathered.map((recorder) => recorder.snapshot())).toEqual(
      run.results.map((recorder) => recorder.snapshot()),
    );
    expect(gathered[0].tailSamples).toBeGreaterThan(100);
    expect(Math.max(...gathered.map(({ samples }) => samples))).toBe(LOOPS);
  });

  it('begin settled: a later block has no first sample that stands out', async () => {
    const { config, workload } = await prepare([
      'host.kernel.version=5.4',
      'host.kvm.lapic_timer_advance_ns=-1',
    ]);
    const worstOfFirst = (index: number) => {
      const block = startBlock(config, { ...workload, loops: LOOPS }, index);
      block.advance(20);
      return block.results[0].maxNs;
    };
    expect(worstOfFirst(1)).toBeLessThan(worstOfFirst(0));
  });

  it('run in for as long with every thread: one that sleeps a hundred times as long still measures', async () => {
    const { config, workload } = await prepare(['workload.threads=2']);
    const [{ intervalNs, priority }] = workload.threads;
    const threads = [
      { intervalNs, priority },
      { intervalNs: 100 * intervalNs, priority },
    ];
    const block = startBlock(config, { ...workload, threads }, 1);
    for (let samples = 0; samples < 2000; samples += 100) block.advance(200);
    const [often, seldom] = block.results.map(({ samples }) => samples);
    expect(often).toBeGreaterThanOrEqual(1900);
    expect(seldom).toBeGreaterThan(15);
  });

  it('go on where the housekeeping tick had drifted to', async () => {
    const { config, workload } = await prepare(['host.kernel.hz=250', 'host.kvm.enable_hv_timer=false']);
    const sharedMisses = (elapsedNs: number) => {
      const block = startBlock({ ...config, elapsedNs }, workload, 0);
      block.advance(2000);
      return block.results[0].sumCycles;
    };
    expect(new Set([0, 1e6, 2e6, 3e6].map(sharedMisses)).size).toBeGreaterThan(1);
  });

  it('differ from each other', async () => {
    const { config, workload } = await prepare([]);
    const sums = [0, 1, 2].map((index) => {
      const block = startBlock(config, workload, index);
      block.advance(400);
      return block.results[0].sumCycles;
    });
    expect(new Set(sums).size).toBe(3);
  });
});
