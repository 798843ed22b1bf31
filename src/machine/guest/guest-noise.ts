import { NEVER } from '../../simulation/agenda.ts';
import type { Cycles } from '../../time.ts';
import type { GuestConfig } from '../config.ts';
import { Stage } from '../costs/stages.ts';
import { type NoiseArrivals, noiseArrivals } from '../host/noise.ts';
import type { GuestCpu } from './guest-cpu.ts';

/** Other work of the guest kernel that may stand between the timer interrupt and the thread. */
export class GuestNoise {
  private readonly softirq: NoiseArrivals | null;
  private readonly irqsOff: NoiseArrivals | null;
  private softirqDue: Cycles = NEVER;
  private irqsOffDue: Cycles = NEVER;
  private tickSoftirq = false;

  constructor(
    private readonly cpu: GuestCpu,
    config: GuestConfig,
    seed: string,
  ) {
    this.softirq = noiseArrivals(config.noise.softirq, config.tscKhz, seed, 'guest softirq');
    this.irqsOff = noiseArrivals(config.noise.irqsOff, config.tscKhz, seed, 'guest irqs off');
    if (this.softirq !== null) this.softirqDue = this.softirq.next(0);
    if (this.irqsOff !== null) this.irqsOffDue = this.irqsOff.next(0);
  }

  /** The tick has raised TIMER_SOFTIRQ. */
  tick(): void {
    this.tickSoftirq = true;
  }

  /** irq_exit: softirqs, and sections that kept interrupts off until now. */
  afterInterrupt(): void {
    const { pcpu } = this.cpu;
    if (this.tickSoftirq) {
      this.tickSoftirq = false;
      this.cpu.run(Stage['guest.softirq']);
    }
    if (this.softirqDue <= pcpu.now) {
      pcpu.passTo(Stage['guest.noise'], pcpu.now + this.softirq!.duration());
      this.softirqDue = this.softirq!.next(pcpu.now);
    }
    if (this.irqsOffDue <= pcpu.now) {
      pcpu.passTo(Stage['guest.noise'], pcpu.now + this.irqsOff!.duration());
      this.irqsOffDue = this.irqsOff!.next(pcpu.now);
    }
  }
}
