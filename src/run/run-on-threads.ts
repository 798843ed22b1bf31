import { blocksOf } from '../machine/blocks.ts';
import { latencyRecorders } from '../machine/cyclictest-run.ts';
import type { LatencyRecorder } from '../machine/latency-recorder.ts';
import type { ResultDocument } from '../measurement/result-document.ts';
import { workloadConfig } from '../scenario/workload-config.ts';
import type { BlockOrder, BlockOutcome } from './block.ts';
import { resultDocument } from './result.ts';
import { type RunHooks, type RunInput, runScenarioAside } from './run-scenario.ts';
import type { Tail } from './tail.ts';

/** Each thread compiles for itself: with fewer blocks than these, one thread is done sooner than several. */
const BLOCKS_WORTH_THREADS = 10;
/** Milliseconds between two looks at the hooks. */
const WATCH_MS = 50;

/**
 * Runs the blocks of a scenario side by side on so many threads, as many as cores by default: the same document, byte
 * for byte, for any number.
 */
export async function runOnThreads(
  input: RunInput,
  threads?: number,
  hooks: RunHooks = {},
): Promise<ResultDocument> {
  const gathered = await gather(input, threads, null, hooks);
  if (gathered === null) return runScenarioAside(input, hooks);
  return resultDocument(input, gathered, gathered.partial);
}

/** `runTail` on so many threads. */
export async function runTailOnThreads(
  input: RunInput,
  document: ResultDocument,
  fromNs: readonly number[],
  threads: number,
  hooks: RunHooks = {},
): Promise<Tail[]> {
  const { runTail, tailOf } = await import('./tail.ts');
  const gathered = await gather(input, threads, fromNs, hooks);
  if (gathered === null) return runTail(input, document, fromNs, hooks);
  return gathered.results.map((recorder, thread) => tailOf(recorder, fromNs[thread]));
}

/** What all blocks measured; null where there is but one, or one thread. */
async function gather(
  { scenario, profile }: RunInput,
  threads: number | undefined,
  tailFromNs: readonly number[] | null,
  hooks: RunHooks,
): Promise<{ results: readonly LatencyRecorder[]; partial: boolean } | null> {
  const workload = workloadConfig(scenario);
  const blocks = blocksOf(workload);
  if (workload.tool !== 'cyclictest' || blocks === 1 || threads === 1) return null;
  const { availableParallelism } = await import('node:os');
  const slots = Math.min(threads ?? availableParallelism(), blocks);
  if (slots === 1) return null;
  const { createThreads } = await import('../io/threads.ts');
  const results = latencyRecorders(workload);
  const total = workload.loops * results.length;
  const flags = new Int32Array(new SharedArrayBuffer(4 * (1 + slots)));
  const gatherer = new Gatherer(results);
  const watch = setInterval(() => {
    hooks.onProgress?.(Math.min(gatherer.samples + underWay(flags), total), total);
    if (hooks.shouldStop?.() === true) Atomics.store(flags, 0, 1);
  }, WATCH_MS);
  const pool = createThreads(new URL('./block-worker.js', import.meta.url), slots);
  let next = 0;
  const lane = async (slot: number) => {
    while (next < blocks && Atomics.load(flags, 0) === 0) {
      const order: BlockOrder = { input: { scenario, profile }, index: next++, tailFromNs, flags, slot };
      gatherer.add(order.index, await pool.run(order));
      Atomics.store(flags, slot, 0);
    }
  };
  try {
    await Promise.all(Array.from({ length: slots }, (_, index) => lane(index + 1)));
  } finally {
    clearInterval(watch);
    await pool.destroy();
  }
  hooks.onProgress?.(gatherer.samples, total);
  return { results, partial: gatherer.partial || next < blocks };
}

/** Puts the samples of the blocks together in the order of the blocks, in whatever order they arrive. */
class Gatherer {
  /** Samples of the blocks that have arrived. */
  samples = 0;
  partial = false;
  private next = 0;
  private readonly early = new Map<number, BlockOutcome>();

  constructor(private readonly results: readonly LatencyRecorder[]) {}

  add(index: number, outcome: BlockOutcome): void {
    for (const { samples } of outcome.results) this.samples += samples;
    this.partial ||= outcome.partial;
    this.early.set(index, outcome);
    for (;;) {
      const block = this.early.get(this.next);
      if (block === undefined) return;
      for (const [thread, recorder] of this.results.entries()) recorder.append(block.results[thread]);
      this.early.delete(this.next++);
    }
  }
}

function underWay(flags: Int32Array): number {
  return flags.subarray(1).reduce((sum, samples) => sum + samples, 0);
}
