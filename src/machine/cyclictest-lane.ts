import type { Cycles } from '../time.ts';
import type { CyclictestThread } from './guest/cyclictest.ts';
import type { GuestKernel } from './guest/guest-kernel.ts';
import type { Lane } from './lane.ts';

/** Runs a lane for so many samples more, as its own `advance` does, and tells the same. */
export type Drive = (lane: CyclictestLane, samples: number) => boolean;

/** The engine as it stands. */
export const driveByModel: Drive = (lane, samples) => lane.advance(samples);

/** One vCPU of a cyclictest run: its lane, the Linux on it and the threads that measure there. */
export class CyclictestLane {
  constructor(
    readonly lane: Lane,
    readonly kernel: GuestKernel,
    readonly threads: readonly CyclictestThread[],
  ) {}

  /** Runs until the threads have `samples` samples more, or the first of them has done its loops: then false. */
  advance(samples: number): boolean {
    const { kernel } = this;
    const { recorder } = this.lane.pcpu;
    const goal = this.count() + samples;
    while (!this.isAnyFinished()) {
      if (this.count() >= goal) return true;
      kernel.step();
      recorder.forget(this.earliestDeadline());
    }
    return false;
  }

  private isAnyFinished(): boolean {
    for (const thread of this.threads) if (thread.finished) return true;
    return false;
  }

  private count(): number {
    let samples = 0;
    for (const { recorder } of this.threads) samples += recorder.samples;
    return samples;
  }

  /** No sample can reach back further than the earliest point that a thread still sleeps for. */
  private earliestDeadline(): Cycles {
    let earliest = Number.POSITIVE_INFINITY;
    for (const { deadlineTsc } of this.threads) earliest = Math.min(earliest, deadlineTsc);
    return earliest;
  }
}
