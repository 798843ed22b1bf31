import { Stage } from '../costs/stages.ts';
import type { TscdeadlineLatencyConfig } from '../workload.ts';
import { BareGuest, BareSeries, LVTT } from './bare-guest.ts';
import type { GuestCpu } from './guest-cpu.ts';

const VECTOR = 0xef;

/**
 * tscdeadline_latency of kvm-unit-tests: the handler notes how late it is and arms the next deadline before its EOI,
 * while the main program halts (or spins, as it was changed for the measurements of 2016).
 */
export class BareTscdeadlineLatency extends BareGuest {
  readonly series: readonly BareSeries[];
  private readonly latency: BareSeries;
  private exptime: number;
  private interrupts = 0;

  constructor(
    cpu: GuestCpu,
    private readonly workload: TscdeadlineLatencyConfig,
    hostTscKhz: number,
  ) {
    super(cpu);
    this.latency = new BareSeries('0', cpu, hostTscKhz);
    this.series = [this.latency];
    cpu.writeLvtt(LVTT.deadline | VECTOR);
    this.exptime = cpu.readTsc() + workload.deltaCycles;
    this.run(Stage['guest.bare_arm']);
    cpu.writeTscDeadline(this.exptime);
  }

  /** One turn of the main loop: nothing but waiting. */
  loop(): void {
    const seen = this.interrupts;
    this.waitUntil(this.workload.wait, () => this.interrupts > seen);
  }

  /** tsc_deadline_timer_isr: the first interrupt is not counted, nor one that no deadline caused. */
  interrupt(): void {
    const { cpu } = this;
    this.interrupts++;
    const now = cpu.readTsc();
    const isSpurious = now < this.exptime;
    if (this.interrupts > 1 && !isSpurious && this.recorded < this.workload.loops) {
      this.latency.record(this.exptime);
      this.recorded++;
    }
    this.run(Stage['guest.bare_handler']);
    if (this.recorded < this.workload.loops) {
      this.exptime = now + this.workload.deltaCycles;
      cpu.writeTscDeadline(this.exptime);
      this.forgetBefore(Math.min(this.exptime, cpu.readTsc()));
    }
    cpu.endOfInterrupt();
  }
}
