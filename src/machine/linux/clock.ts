import type { Cycles, Nanoseconds } from '../../time.ts';

/** (mult, shift) with `to = from * mult >> shift`, as clocks_calc_mult_shift (kernel/time/clocksource.c) finds it. */
export interface MultShift {
  readonly mult: number;
  readonly shift: number;
  /** 2^-shift: multiplying by it is as exact as dividing by 2^shift, and does not call pow. */
  readonly unit: number;
}

/**
 * The largest shift, at most 32, for which `maxSeconds` of the source rate do not overflow 64 bits.
 * Rates in Hz (or any common unit); clockevents use 10^9 → device rate with 600 s.
 */
export function calcMultShift(from: number, to: number, maxSeconds: number): MultShift {
  let spare = 32;
  for (let high = (BigInt(maxSeconds) * BigInt(from)) >> 32n; high > 0n; high >>= 1n) spare--;
  for (let shift = 32; shift > 0; shift--) {
    const mult = ((BigInt(to) << BigInt(shift)) + BigInt(Math.floor(from / 2))) / BigInt(from);
    if (mult >> BigInt(spare) === 0n) return { mult: Number(mult), shift, unit: 2 ** -shift };
  }
  throw new RangeError(`no mult and shift for ${from} to ${to}`);
}

/** The lower part of a value that is multiplied in two parts. */
const LOW_BITS = 21;
const LOW = 2 ** LOW_BITS;
/** Below it the higher part, times a mult of 32 bits, is exact. */
const IN_PARTS = 2 ** 41;

/** floor(value * mult / 2^shift), exact, for a mult below 2^32. */
export function mulShift(value: number, { mult, shift, unit }: MultShift): number {
  const product = value * mult;
  if (product <= Number.MAX_SAFE_INTEGER) return Math.floor(product * unit);
  const isInParts = value < IN_PARTS && shift >= LOW_BITS;
  return isInParts ? mulShiftInParts(value, mult, unit) : mulShiftLong(value, mult, shift);
}

/**
 * The product itself may be beyond 2^53. Rounding its lower part down first changes nothing, since the sum is rounded
 * down too.
 */
function mulShiftInParts(value: number, mult: number, unit: number): number {
  const high = Math.floor(value / LOW);
  const carry = Math.floor(((value - high * LOW) * mult) / LOW);
  return Math.floor((high * mult + carry) * (unit * LOW));
}

function mulShiftLong(value: number, mult: number, shift: number): number {
  return Number((BigInt(value) * BigInt(mult)) >> BigInt(shift));
}

const REBASE_CYCLES = 2 ** 24;

/**
 * CLOCK_MONOTONIC of a Linux kernel: TSC cycles since the last update times mult, shifted; whole updates move the
 * base with the remainder kept, as update_wall_time does, so that no rounding error builds up.
 */
export class KernelClock {
  private readonly mult: number;
  private readonly scale: number;
  private baseTsc: Cycles;
  private baseNs: Nanoseconds;
  /** Fraction of a nanosecond at the base, in 2^-shift. */
  private remainder = 0;

  /** `ppm` is the rate correction that NTP applies to the clock; `startNs` is what it reads at TSC `startTsc`. */
  constructor(tscKhz: number, ppm = 0, startNs: Nanoseconds = 0, startTsc: Cycles = 0) {
    this.baseNs = startNs;
    this.baseTsc = startTsc;
    const { mult, unit } = calcMultShift(tscKhz, 1_000_000, 600_000);
    this.mult = mult + Math.round((mult * ppm) / 1e6);
    this.scale = unit;
  }

  /** ktime_get() at a moment of the TSC that this kernel sees. */
  read(tsc: Cycles): Nanoseconds {
    if (tsc - this.baseTsc > REBASE_CYCLES) this.rebase(tsc);
    return this.baseNs + Math.floor(((tsc - this.baseTsc) * this.mult + this.remainder) * this.scale);
  }

  /** First TSC value at which `read` gives `ns` or more; `ns` may lie ahead by any span that a timer may have. */
  tscAt(ns: Nanoseconds): Cycles {
    const span = ns - this.baseNs;
    const guess = this.baseTsc + Math.ceil((span / this.scale - this.remainder) / this.mult);
    let tsc = guess;
    while (this.readExactly(tsc - 1) >= ns) tsc--;
    while (this.readExactly(tsc) < ns) tsc++;
    return tsc;
  }

  private readExactly(tsc: Cycles): Nanoseconds {
    const product = (tsc - this.baseTsc) * this.mult;
    if (product < Number.MAX_SAFE_INTEGER / 2)
      return this.baseNs + Math.floor((product + this.remainder) * this.scale);
    return this.readLong(tsc);
  }

  private readLong(tsc: Cycles): Nanoseconds {
    const exact = BigInt(tsc - this.baseTsc) * BigInt(this.mult) + BigInt(this.remainder);
    return this.baseNs + Number(exact / BigInt(1 / this.scale));
  }

  private rebase(tsc: Cycles): void {
    while (tsc - this.baseTsc > REBASE_CYCLES) {
      const step = Math.min(tsc - this.baseTsc, REBASE_CYCLES);
      const shifted = step * this.mult + this.remainder;
      const ns = Math.floor(shifted * this.scale);
      this.baseTsc += step;
      this.baseNs += ns;
      this.remainder = shifted - ns / this.scale;
    }
  }
}
