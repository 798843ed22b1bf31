import { startBlock } from '../machine/blocks.ts';
import type { RecordedLatencies } from '../machine/latency-recorder.ts';
import { machineConfig } from '../scenario/machine-config.ts';
import { workloadConfig } from '../scenario/workload-config.ts';
import { driveFor } from './drive.ts';
import type { RunInput } from './run-scenario.ts';

/** One block of a long run, for a thread: plain data. */
export interface BlockOrder {
  readonly input: Pick<RunInput, 'scenario' | 'profile'>;
  readonly index: number;
  /** Samples of at least this long are added up apart, a limit for each thread; null for none. */
  readonly tailFromNs: readonly number[] | null;
  /** Shared with the thread: `flags[0]` is 1 when the run is to stop, `flags[slot]` counts samples of this block. */
  readonly flags: Int32Array;
  readonly slot: number;
}

export interface BlockOutcome {
  readonly results: readonly RecordedLatencies[];
  /** It was stopped before its end. */
  readonly partial: boolean;
}

/** Samples between two looks at the flags: a few milliseconds. */
const SAMPLES_PER_PIECE = 2048;

export async function runBlock({ input, index, tailFromNs, flags, slot }: BlockOrder): Promise<BlockOutcome> {
  const { scenario, profile } = input;
  const workload = workloadConfig(scenario);
  if (workload.tool !== 'cyclictest') throw new Error(`${workload.tool} does not run in blocks`);
  const drive = await driveFor(workload);
  const block = startBlock(machineConfig(scenario, profile), workload, index, null, undefined, drive);
  for (const [thread, limit] of tailFromNs?.entries() ?? []) block.results[thread].tailFromNs = limit;
  let partial = false;
  while (!partial && block.advance(SAMPLES_PER_PIECE)) {
    Atomics.store(flags, slot, block.done);
    partial = Atomics.load(flags, 0) === 1;
  }
  return { results: block.results.map((recorder) => recorder.snapshot()), partial };
}
