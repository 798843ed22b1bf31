import type { MachineConfig } from './config.ts';
import { CyclictestRun } from './cyclictest-run.ts';
import type { LatencyRecorder } from './latency-recorder.ts';
import type { Observer } from './trace.ts';
import type { WorkloadConfig } from './workload.ts';

/** A run under way: advance it in pieces, look at what it has measured at any time. */
export interface Run {
  /** Samples to do in all, and done so far. */
  readonly total: number;
  readonly done: number;
  /** Goes on for about `samples` samples more; false when the run is complete. */
  advance(samples: number): boolean;
  /** One recorder per measured thread. */
  readonly results: readonly LatencyRecorder[];
}

/** Builds the machine and its workload; nothing runs until `advance`. */
export function startRun(
  config: MachineConfig,
  workload: WorkloadConfig,
  observer: Observer | null = null,
): Run {
  switch (workload.tool) {
    case 'cyclictest':
      return new CyclictestRun(config, workload, observer);
    default:
      throw new Error(`workload ${workload.tool} is being built`);
  }
}
