import type { Cycles, Nanoseconds } from '../../time.ts';
import { Stage } from '../costs/stages.ts';
import type { LatencyRecorder } from '../latency-recorder.ts';
import type { CyclictestConfig, CyclictestThreadConfig } from '../workload.ts';
import type { GuestKernel, GuestThread } from './guest-kernel.ts';

/** Timer slack of a SCHED_OTHER task (prctl PR_SET_TIMERSLACK); real-time tasks have none. */
const TIMER_SLACK_NS = 50_000;

/**
 * One measuring thread of cyclictest: sleep until the next point of its grid, read the clock, and record by how much
 * it is late (rt-tests, cyclictest.c: timerthread).
 */
export class CyclictestThread implements GuestThread {
  runnable = false;
  /** Host TSC at which the guest's clock reaches the point that the thread sleeps for. */
  deadlineTsc: Cycles = 0;
  private readonly slot: number;
  /** Samples in the recorder when its loops are done. */
  private readonly goal: number;
  /** The point of time that the thread sleeps for. */
  private next: Nanoseconds;

  constructor(
    private readonly kernel: GuestKernel,
    private readonly workload: CyclictestConfig,
    private readonly thread: CyclictestThreadConfig,
    readonly recorder: LatencyRecorder,
    startNs: Nanoseconds,
  ) {
    this.goal = recorder.samples + workload.loops;
    this.slot = kernel.addThread(this);
    this.next = startNs + thread.intervalNs;
    this.sleep();
  }

  get priority(): number {
    return this.thread.priority;
  }

  get finished(): boolean {
    return this.recorder.samples >= this.goal;
  }

  /** Back from the sleep: measure, then sleep again. */
  run(): void {
    const { kernel } = this;
    const { cpu } = kernel;
    cpu.run(Stage['guest.syscall_return']);
    if (this.workload.posixTimers) cpu.run(Stage['guest.signal_delivery']);
    cpu.run(Stage['guest.clock_read']);
    const now = kernel.read();
    this.record(now - this.next);
    cpu.run(Stage['guest.user_loop']);
    this.advance(now);
    this.sleep();
  }

  private record(latencyNs: Nanoseconds): void {
    const { pcpu } = this.kernel.cpu;
    if (pcpu.observer !== null && !this.recorder.isSettling)
      pcpu.observer.sample?.(this.recorder, this.deadlineTsc, latencyNs);
    this.recorder.record(latencyNs, this.deadlineTsc, pcpu.now, pcpu.recorder);
  }

  /** The next point of the grid that lies ahead; with -r, an interval from now. */
  private advance(now: Nanoseconds): void {
    const { intervalNs } = this.thread;
    if (this.workload.relative) {
      this.next = now + intervalNs;
      return;
    }
    this.next += intervalNs;
    if (this.next < now) this.next += Math.ceil((now - this.next) / intervalNs) * intervalNs;
  }

  private sleep(): void {
    const { cpu, clock } = this.kernel;
    this.runnable = false;
    this.deadlineTsc = cpu.hostTscOf(clock.tscAt(this.next));
    this.kernel.sleepUntil(this.slot, this.next, this.thread.priority > 0 ? 0 : TIMER_SLACK_NS);
  }
}
