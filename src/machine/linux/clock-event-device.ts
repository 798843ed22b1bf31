import type { Cycles, Nanoseconds } from '../../time.ts';
import { calcMultShift, type MultShift, mulShift } from './clock.ts';

/** The LAPIC timer counts eighths of the TSC in deadline mode (TSC_DIVISOR, arch/x86/kernel/apic/apic.c). */
const TSC_DIVISOR = 8;
/** Floor of min_delta_ns for a device whose 0xF ticks are shorter (clockevents_config). */
const MIN_DELTA_NS = 1000;
const MIN_DELTA_TICKS = 0xf;
const MAX_DELTA_TICKS = 0x7fff_ffff;

/**
 * The "lapic-deadline" clock event device of a Linux kernel, guest or host: turns an expiry in ns into the TSC value
 * for MSR 0x6E0, with the kernel's own truncation (kernel/time/clockevents.c, lapic_next_deadline).
 */
export class ClockEventDevice {
  readonly minDeltaNs: Nanoseconds;
  readonly maxDeltaNs: Nanoseconds;
  private readonly conversion: MultShift;

  constructor(tscKhz: number) {
    this.conversion = calcMultShift(1_000_000_000, (tscKhz * 1000) / TSC_DIVISOR, 600);
    const tickNs = 2 ** this.conversion.shift / this.conversion.mult;
    this.minDeltaNs = Math.max(Math.floor(MIN_DELTA_TICKS * tickNs), MIN_DELTA_NS);
    this.maxDeltaNs = Math.floor(MAX_DELTA_TICKS * tickNs);
  }

  /** Cycles that lapic_next_deadline adds to the TSC for an expiry `deltaNs` ahead, clamped as the core does. */
  deadlineDelta(deltaNs: Nanoseconds): Cycles {
    const clamped = Math.min(Math.max(deltaNs, this.minDeltaNs), this.maxDeltaNs);
    return mulShift(clamped, this.conversion) * TSC_DIVISOR;
  }
}
