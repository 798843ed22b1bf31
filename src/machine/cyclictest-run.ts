import { type Cycles, type Nanoseconds, NS_PER_SECOND } from '../time.ts';
import type { MachineConfig } from './config.ts';
import { CyclictestLane, type Drive, driveByModel } from './cyclictest-lane.ts';
import { CyclictestThread } from './guest/cyclictest.ts';
import { GuestKernel } from './guest/guest-kernel.ts';
import { buildLane } from './lane.ts';
import { LatencyRecorder } from './latency-recorder.ts';
import type { Run } from './machine.ts';
import type { Tracer } from './trace.ts';
import type { CyclictestConfig } from './workload.ts';

/** cyclictest in a Linux guest: threads spread over the vCPUs, until the first has done its loops. */
export class CyclictestRun implements Run {
  readonly total: number;
  readonly lanes: readonly CyclictestLane[];

  /**
   * `results`: where the samples go, after those that are there already. `runIns`: how many of each thread's first
   * samples do not count.
   */
  constructor(
    config: MachineConfig,
    workload: CyclictestConfig,
    tracer: Tracer | null,
    readonly results: readonly LatencyRecorder[] = latencyRecorders(workload),
    private readonly drive: Drive = driveByModel,
    private runIns: readonly number[] = [],
  ) {
    this.total = workload.loops * workload.threads.length;
    const used = Math.min(config.vcpus.length, workload.threads.length);
    this.lanes = Array.from({ length: used }, (_, index) => this.buildLane(config, workload, index, tracer));
  }

  get done(): number {
    return this.results.reduce((sum, { samples }) => sum + samples, 0);
  }

  /** Host TSC of the lane that is farthest. */
  get now(): Cycles {
    return Math.max(...this.lanes.map(({ lane }) => lane.pcpu.now));
  }

  /** The lanes take turns, so that an interrupted run has measured all threads about equally long. */
  advance(samples: number): boolean {
    for (const [thread, loops] of this.runIns.entries()) this.results[thread].settle(loops);
    this.runIns = [];
    let running = this.advanceLanes(samples);
    // What does not count is not seen from outside.
    while (running && this.results.some(({ isSettling }) => isSettling)) running = this.advanceLanes(samples);
    if (!running) for (const recorder of this.results) recorder.endSettling();
    return running;
  }

  observe(tracer: Tracer | null): void {
    this.lanes.forEach(({ lane: { pcpu } }, index) => {
      pcpu.observer = tracer?.observe(index, pcpu.execution) ?? null;
    });
  }

  private advanceLanes(samples: number): boolean {
    const share = Math.ceil(samples / this.lanes.length);
    let running = false;
    for (const lane of this.lanes) if (this.drive(lane, share)) running = true;
    return running;
  }

  private buildLane(
    config: MachineConfig,
    workload: CyclictestConfig,
    index: number,
    tracer: Tracer | null,
  ): CyclictestLane {
    const lane = buildLane(config, index, tracer);
    if (lane.kvm !== null) lane.kvm.linuxGuest = true;
    const { guest, vcpus, seed } = config;
    const kernel = new GuestKernel(lane.cpu, guest, seed, workload.threads.length, index, vcpus.length);
    kernel.boot();
    const start = firstPoint(guest.hz, workload.threads[0].intervalNs);
    const threads = workload.threads.flatMap((thread, number) =>
      number % vcpus.length === index
        ? [new CyclictestThread(kernel, workload, thread, this.results[number], start)]
        : [],
    );
    return new CyclictestLane(lane, kernel, threads);
  }
}

/** One for each thread, empty. */
export function latencyRecorders({ threads, histogramUs }: CyclictestConfig): LatencyRecorder[] {
  return threads.map(() => new LatencyRecorder(histogramUs * 1000, histogramUs));
}

/**
 * When the first thread reads the clock from which all count: between two points where ticks and sleeps could meet,
 * since on a real system nothing makes them.
 */
function firstPoint(hz: number, intervalNs: Nanoseconds): Nanoseconds {
  return Math.round(NS_PER_SECOND / hz + intervalNs / 2);
}
