import { BareRun } from './bare-run.ts';
import { BlockedRun } from './blocked-run.ts';
import { blocksOf } from './blocks.ts';
import type { MachineConfig } from './config.ts';
import { type Drive, driveByModel } from './cyclictest-lane.ts';
import { CyclictestRun, latencyRecorders } from './cyclictest-run.ts';
import type { LatencyRecorder } from './latency-recorder.ts';
import type { Tracer } from './trace.ts';
import type { WorkloadConfig } from './workload.ts';

/** A run under way: advance it in pieces, look at what it has measured at any time. */
export interface Run {
  /** Samples to do in all, and done so far. */
  readonly total: number;
  readonly done: number;
  /** Goes on for about `samples` samples more; false when the run is complete. */
  advance(samples: number): boolean;
  /** Watches the run from here on, or leaves it alone again. */
  observe(tracer: Tracer | null): void;
  /** One recorder per measured thread. */
  readonly results: readonly LatencyRecorder[];
  /** What each of them measured; their numbers when absent. */
  readonly names?: readonly string[];
  /** The first samples of each one by one, in guest cycles; only of bare guests. */
  readonly tables?: readonly (readonly number[])[];
}

/** Builds the machine and its workload; nothing runs until `advance`. `drive`: what runs the lanes of cyclictest. */
export function startRun(
  config: MachineConfig,
  workload: WorkloadConfig,
  tracer: Tracer | null = null,
  drive: Drive = driveByModel,
): Run {
  switch (workload.tool) {
    case 'cyclictest':
      return blocksOf(workload) === 1
        ? new CyclictestRun(config, workload, tracer, latencyRecorders(workload), drive)
        : new BlockedRun(config, workload, tracer, drive);
    default:
      return new BareRun(config, workload, tracer);
  }
}
