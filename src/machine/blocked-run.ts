import type { Cycles } from '../time.ts';
import { blocksOf, startBlock } from './blocks.ts';
import type { MachineConfig } from './config.ts';
import { type Drive, driveByModel } from './cyclictest-lane.ts';
import { type CyclictestRun, latencyRecorders } from './cyclictest-run.ts';
import type { LatencyRecorder } from './latency-recorder.ts';
import type { Run } from './machine.ts';
import type { Tracer } from './trace.ts';
import type { CyclictestConfig } from './workload.ts';

/** A long run, one block after the other. */
export class BlockedRun implements Run {
  readonly results: readonly LatencyRecorder[];
  readonly total: number;
  private index = 0;
  private block: CyclictestRun;
  /** When the block began on the clock of the whole run: each machine's own clock begins at 0. */
  private begin: Cycles = 0;

  constructor(
    private readonly config: MachineConfig,
    private readonly workload: CyclictestConfig,
    private tracer: Tracer | null,
    private readonly drive: Drive = driveByModel,
  ) {
    this.total = workload.loops * workload.threads.length;
    this.results = latencyRecorders(workload);
    this.block = startBlock(config, workload, 0, tracer, this.results, drive);
  }

  get done(): number {
    return this.block.done;
  }

  advance(samples: number): boolean {
    if (this.block.advance(samples)) return true;
    if (this.index + 1 === blocksOf(this.workload)) return false;
    this.index++;
    this.begin += this.block.now;
    const { config, workload, index, results, drive } = this;
    this.block = startBlock(config, workload, index, this.shiftedTracer(), results, drive);
    return true;
  }

  observe(tracer: Tracer | null): void {
    this.tracer = tracer;
    this.block.observe(this.shiftedTracer());
  }

  private shiftedTracer(): Tracer | null {
    return this.tracer === null ? null : shifted(this.tracer, this.begin);
  }
}

/** Hears of everything as many cycles later. */
function shifted(tracer: Tracer, by: Cycles): Tracer {
  return {
    observe: (lane, execution) => {
      const observer = tracer.observe(lane, execution);
      if (observer === null) return null;
      return {
        event: (tsc, point, fields) => observer.event(tsc + by, point, fields),
        stage: (stage, end) => observer.stage(stage, end + by),
        sample: (series, begin, latencyNs) => observer.sample?.(series, begin + by, latencyNs),
      };
    },
  };
}
