import type { Cycles } from '../../time.ts';
import { Stage } from '../costs/stages.ts';
import type { LapicTimerConfig } from '../workload.ts';
import { BareGuest, BareSeries, LVTT, TDCR_DIVIDE_BY_1 } from './bare-guest.ts';
import type { GuestCpu } from './guest-cpu.ts';

const VECTOR = 0x40;
/** Loops whose samples are dropped while the first ones warm up. */
const WARM_UP = 10;
/** A deadline beyond what the preemption timer can count at any rate up to 2^6. */
const FAR_CYCLES = 2 ** 38;

export interface BareTimings {
  readonly hostTscKhz: number;
  readonly guestTscKhz: number;
  /** Shortest period that the LAPIC grants a periodic timer. */
  readonly minPeriodNs: number;
}

/**
 * The bare guest of the path-length measurements: a real-mode program that uses its LAPIC timer in one way per loop,
 * measures how late the first instruction of its handler runs, and what the write that arms the timer costs it.
 */
export class BareLapicTimer extends BareGuest {
  readonly series: readonly BareSeries[];
  private readonly latency: BareSeries;
  private readonly arming: BareSeries;
  private readonly countCycles: Cycles;
  private readonly periodCycles: Cycles;
  private loops = 0;
  private served = false;
  /** What the handler measures against; guest TSC. */
  private deadline: Cycles = 0;
  private armedAt: Cycles = 0;

  constructor(
    cpu: GuestCpu,
    private readonly workload: LapicTimerConfig,
    { hostTscKhz, guestTscKhz, minPeriodNs }: BareTimings,
  ) {
    super(cpu);
    this.latency = new BareSeries('latency', cpu, hostTscKhz);
    this.arming = new BareSeries('arm', cpu, hostTscKhz);
    const interrupts = workload.action !== 'disarm' && workload.action !== 'masked';
    const arms = workload.action !== 'periodic';
    this.series = [...(interrupts ? [this.latency] : []), ...(arms ? [this.arming] : [])];
    const cycles = (ns: number) => Math.floor((ns * guestTscKhz) / 1_000_000);
    this.countCycles = cycles(workload.deltaCycles);
    this.periodCycles = cycles(Math.max(workload.deltaCycles, minPeriodNs));
    cpu.writeTdcr(TDCR_DIVIDE_BY_1);
    this.spinFor(2 * workload.deltaCycles);
    const mode =
      workload.action === 'oneshot' || workload.action === 'periodic' ? workload.action : 'deadline';
    cpu.writeLvtt(LVTT[mode] | VECTOR);
    if (workload.action === 'periodic') this.startPeriodic();
  }

  loop(): void {
    this.served = false;
    const { action } = this.workload;
    if (action !== 'periodic') this.forgetBefore(this.cpu.readTsc() - this.workload.deltaCycles);
    this.run(Stage['guest.bare_loop']);
    this.act(action);
    if (this.loops++ >= WARM_UP) this.recorded++;
  }

  interrupt(): void {
    const { cpu } = this;
    if (this.workload.action === 'periodic') this.findPeriod();
    const isEarly = cpu.readTsc() < this.deadline;
    if (!isEarly) this.recordLatency();
    this.run(Stage['guest.bare_handler']);
    // An early one may be that of a deadline replaced since, raised while interrupts were off.
    if (!isEarly || !this.replaces) this.served = true;
    cpu.endOfInterrupt();
  }

  /** What the timer's advance made too early (one-shot mode, 4.18 to 5.11) is no latency. */
  private recordLatency(): void {
    if (this.loops >= WARM_UP && this.series[0] === this.latency) this.latency.record(this.deadline);
    this.forgetBefore(this.deadline);
  }

  private get replaces(): boolean {
    const { action } = this.workload;
    return action === 'rearm-earlier' || action === 'far';
  }

  private act(action: LapicTimerConfig['action']): void {
    const { deltaCycles } = this.workload;
    switch (action) {
      case 'deadline':
        this.arm(deltaCycles);
        break;
      case 'past':
        this.arm(-deltaCycles);
        break;
      case 'disarm':
        this.disarm(deltaCycles);
        return;
      case 'rearm-earlier':
        this.arm(2 * deltaCycles, false);
        this.spinFor(deltaCycles / 4);
        this.arm(deltaCycles);
        break;
      case 'far':
        this.arm(FAR_CYCLES + deltaCycles, false);
        this.spinFor(deltaCycles / 2);
        this.arm(deltaCycles);
        break;
      case 'masked':
        this.expireMasked(deltaCycles);
        return;
      case 'oneshot':
        this.armOneshot();
        break;
      case 'periodic':
        break;
    }
    this.waitUntil(this.workload.wait, () => this.served);
  }

  /** RDTSC, add, WRMSR, RDTSC. */
  private arm(delta: Cycles, isLast = true): void {
    const { cpu } = this;
    this.armedAt = cpu.readTsc();
    // A deadline of 0 would disarm.
    this.deadline = this.armedAt + delta || 1;
    this.run(Stage['guest.bare_arm']);
    cpu.writeTscDeadline(this.deadline);
    if (isLast) this.recordCost();
  }

  private armOneshot(): void {
    this.armedAt = this.cpu.readTsc();
    this.deadline = this.armedAt + this.countCycles;
    this.run(Stage['guest.bare_arm']);
    this.cpu.writeTmict(this.workload.deltaCycles);
    this.recordCost();
  }

  private recordCost(): void {
    if (this.loops >= WARM_UP) this.arming.record(this.armedAt);
    this.run(Stage['guest.bare_record']);
  }

  private disarm(delta: Cycles): void {
    this.arm(delta, false);
    this.spinFor(delta / 2);
    this.armedAt = this.cpu.readTsc();
    this.run(Stage['guest.bare_arm']);
    this.cpu.writeTscDeadline(0);
    this.recordCost();
    this.withInterrupts(2 * delta);
  }

  /** Expires under the mask; whether the interrupt survives until it is unmasked is the LAPIC's affair. */
  private expireMasked(delta: Cycles): void {
    this.cpu.writeLvtt(LVTT.deadline | LVTT.masked | VECTOR);
    this.arm(delta);
    this.withInterrupts(2 * delta);
    this.cpu.writeLvtt(LVTT.deadline | VECTOR);
    this.withInterrupts(delta / 4);
  }

  private withInterrupts(cycles: Cycles): void {
    this.cpu.enableInterrupts();
    this.spinFor(cycles);
    this.cpu.disableInterrupts();
  }

  private spinFor(cycles: Cycles): void {
    this.cpu.spinUntil(Stage['guest.bare_spin'], this.cpu.readTsc() + Math.floor(cycles));
  }

  private startPeriodic(): void {
    this.deadline = this.cpu.readTsc();
    this.run(Stage['guest.bare_arm']);
    this.cpu.writeTmict(this.workload.deltaCycles);
  }

  /** The last point of the period's grid: interrupts that came late enough have become one. */
  private findPeriod(): void {
    const periods = Math.floor((this.cpu.readTsc() - this.deadline) / this.periodCycles);
    this.deadline += periods * this.periodCycles;
  }
}
