import type { Cycles } from '../../time.ts';

const WIDTH = 2 ** 32;

/**
 * The VMX preemption timer (SDM vol. 3, 25.5.1): a 32-bit counter that VM entry loads and that counts down by one
 * each time bit `rateShift` of the TSC changes, so it is phase-locked to the TSC.
 */
export class PreemptionTimer {
  /** Cycles between two counts. */
  readonly tick: Cycles;

  /** `rateShift` is IA32_VMX_MISC[4:0]. */
  constructor(readonly rateShift: number) {
    this.tick = 2 ** rateShift;
  }

  /** What KVM loads for a deadline at host TSC `deadline` when it reads the TSC at `now` (vmx_update_hv_timer). */
  valueFor(deadline: Cycles, now: Cycles): number {
    return deadline > now ? Math.floor((deadline - now) / this.tick) : 0;
  }

  /** TSC at which a value loaded by an entry at `entry` has counted to zero; 0 exits before the first instruction. */
  exitTime(value: number, entry: Cycles): Cycles {
    return value === 0 ? entry : (Math.floor(entry / this.tick) + value) * this.tick;
  }

  /**
   * What the VMCS field holds after an exit at `exit`. KVM never sets the control that saves the counter, so that the
   * field keeps the value that was loaded and every entry writes it anew.
   */
  valueAfterExit(value: number, entry: Cycles, exit: Cycles, saves: boolean): number {
    if (!saves) return value;
    return Math.max(0, value - (Math.floor(exit / this.tick) - Math.floor(entry / this.tick)));
  }

  /** Whether a span of host cycles fits the counter; beyond it vmx_set_hv_timer says -ERANGE. */
  fits(span: Cycles): boolean {
    return Math.floor(span / this.tick) < WIDTH;
  }
}
