import type { Cycles, Nanoseconds } from '../../time.ts';

/** Fraction bits of the TSC multiplier: VMX 48, SVM 32 (kvm_caps.tsc_scaling_ratio_frac_bits). */
export const FRACTION_BITS = { intel: 48, amd: 32 } as const;

/**
 * The guest's view of the TSC: `((host * ratio) >> fraction) + offset`, as the VMCS fields define it
 * (SDM vol. 3, "TSC offset" and "TSC multiplier"). Scaling uses 128-bit arithmetic, as KVM and the hardware do.
 */
export class GuestTsc {
  readonly scaled: boolean;
  private readonly ratio: bigint;

  /** `guestKhz` null: the host's rate, no scaling. */
  constructor(
    readonly hostKhz: number,
    guestKhz: number | null,
    readonly offset: Cycles,
    private readonly fractionBits: number = FRACTION_BITS.intel,
  ) {
    const one = 1n << BigInt(fractionBits);
    this.scaled = guestKhz !== null && guestKhz !== hostKhz;
    this.ratio = this.scaled ? (one * BigInt(guestKhz!)) / BigInt(hostKhz) : one;
    this.khz = guestKhz ?? hostKhz;
  }

  /** virtual_tsc_khz: rate of the guest's TSC. */
  readonly khz: number;

  /** kvm_read_l1_tsc: guest TSC at a host TSC value. */
  fromHost(host: Cycles): Cycles {
    return this.scaled ? this.scaledFromHost(host) : host + this.offset;
  }

  private scaledFromHost(host: Cycles): Cycles {
    return Number((BigInt(host) * this.ratio) >> BigInt(this.fractionBits)) + this.offset;
  }

  /**
   * Host cycles for a span of guest cycles: (delta << fraction) / ratio. Null when the quotient does not fit 64 bits
   * (u64_shl_div_u64 in vmx_set_hv_timer fails with -ERANGE).
   */
  spanToHost(span: Cycles): Cycles | null {
    return this.scaled && span !== 0 ? this.scaledSpanToHost(span) : span;
  }

  private scaledSpanToHost(span: Cycles): Cycles | null {
    const quotient = (BigInt(span) << BigInt(this.fractionBits)) / this.ratio;
    return quotient >> 64n === 0n ? Number(quotient) : null;
  }

  /** First host TSC value at which the guest reads `guest` or more. */
  toHost(guest: Cycles): Cycles {
    return this.scaled ? this.scaledToHost(guest) : guest - this.offset;
  }

  private scaledToHost(guest: Cycles): Cycles {
    const wanted = BigInt(guest - this.offset) << BigInt(this.fractionBits);
    return Number((wanted + this.ratio - 1n) / this.ratio);
  }

  /** nsec_to_cycles at the guest's rate, truncated. */
  nsToCycles(ns: Nanoseconds): Cycles {
    return Math.floor((ns * this.khz) / 1_000_000);
  }
}
