import type { Cycles, Nanoseconds } from '../../time.ts';
import type { KernelFeatures } from './features.ts';

/** LAPIC_TIMER_ADVANCE_* of lapic.c. */
const ADJUST_MIN_CYCLES = 100;
const ADJUST_MAX_CYCLES = 10_000;
const ADJUST_STEP = 8;
const NS_INIT = 1000;
const NS_MAX = 5000;

/**
 * lapic_timer_advance_ns of one vCPU: how much earlier than the guest's deadline the host timer is programmed, and
 * how the adaptive rule follows the lateness it sees (adjust_lapic_timer_advance). All integer, u32 where C has it.
 */
export class TimerAdvance {
  ns: Nanoseconds;
  private done: boolean;

  /** `parameter`: -1 adaptive, 0 off, > 0 fixed (and, by the rule of 4.20 and 5.0, the start of the adaptation). */
  constructor(
    private readonly features: KernelFeatures,
    parameter: number,
    private readonly guestKhz: number,
  ) {
    this.ns = parameter === -1 ? NS_INIT : parameter;
    this.done = parameter === 0 || !adapts(features, parameter);
  }

  /** Whether the rule still follows the lateness. */
  get adapts(): boolean {
    return !this.done;
  }

  /** `delta`: guest cycles by which the entry was late (negative: early) against the deadline. */
  adjust(delta: Cycles): void {
    if (this.done) return;
    const distance = Math.abs(delta);
    const { advanceRule } = this.features;
    if (advanceRule === 'continuous' && (distance < ADJUST_MIN_CYCLES || distance > ADJUST_MAX_CYCLES))
      return;
    const ns = Math.floor((distance * 1_000_000) / this.guestKhz);
    const step =
      advanceRule === 'continuous'
        ? Math.floor(ns / ADJUST_STEP)
        : Math.min(ns, Math.floor(this.ns / ADJUST_STEP));
    this.ns = (delta < 0 ? this.ns - step : this.ns + step) >>> 0;
    if (advanceRule === 'continuous') {
      if (this.ns > NS_MAX) this.ns = NS_INIT;
      return;
    }
    if (distance < ADJUST_MIN_CYCLES) this.done = true;
    this.limit();
  }

  private limit(): void {
    if (this.ns <= NS_MAX) return;
    if (this.features.advanceRule === 'reset-above-5000') this.ns = NS_INIT;
    if (this.features.advanceRule === 'disable-above-5000') {
      this.ns = 0;
      this.done = true;
    }
  }
}

function adapts({ advanceRule }: KernelFeatures, parameter: number): boolean {
  if (advanceRule === 'fixed') return false;
  return advanceRule === 'converge-once-global' || parameter === -1;
}
