import type { MachineConfig } from './config.ts';
import { type Drive, driveByModel } from './cyclictest-lane.ts';
import { CyclictestRun, latencyRecorders } from './cyclictest-run.ts';
import type { LatencyRecorder } from './latency-recorder.ts';
import type { Tracer } from './trace.ts';
import type { CyclictestConfig, WorkloadConfig } from './workload.ts';

/**
 * A long run is made of blocks of so many loops: each a machine of its own with streams of its own, so that they can
 * run side by side. The number of loops alone decides how a run is cut, not how many threads there are to run it.
 */
export const BLOCK_LOOPS = 100_000;
/**
 * Loops of a later block that do not count, of the thread that sleeps shortest and as long for the others: caches,
 * halt polling and the timer advance settle in them.
 */
const RUN_IN_LOOPS = 1000;

export function blocksOf(workload: WorkloadConfig): number {
  return workload.tool === 'cyclictest' ? Math.ceil(workload.loops / BLOCK_LOOPS) : 1;
}

/** The block of number `index`; its samples go to `results`, after those that are there already. */
export function startBlock(
  config: MachineConfig,
  workload: CyclictestConfig,
  index: number,
  tracer: Tracer | null = null,
  results: readonly LatencyRecorder[] = latencyRecorders(workload),
  drive: Drive = driveByModel,
): CyclictestRun {
  const loops = Math.min(BLOCK_LOOPS, workload.loops - index * BLOCK_LOOPS);
  if (index === 0) return new CyclictestRun(config, { ...workload, loops }, tracer, results, drive);
  const shortestNs = Math.min(...workload.threads.map(({ intervalNs }) => intervalNs));
  const runIns = workload.threads.map(({ intervalNs }) =>
    Math.ceil((RUN_IN_LOOPS * shortestNs) / intervalNs),
  );
  const seed = `${config.seed}/block${index}`;
  const elapsedNs = index * BLOCK_LOOPS * shortestNs;
  const later = { ...config, seed, elapsedNs };
  return new CyclictestRun(later, { ...workload, loops }, tracer, results, drive, runIns);
}
