import { NEVER } from '../../simulation/agenda.ts';
import type { Cycles } from '../../time.ts';
import { PreemptionTimer } from '../hardware/preemption-timer.ts';
import type { GuestTsc } from '../hardware/tsc.ts';
import type { KernelFeatures } from './features.ts';

/** What vmx_set_hv_timer answers: armed, deadline already reached, or the span does not fit (-ERANGE). */
export type SetHvTimer = 'armed' | 'expired' | 'erange';

/** Value that keeps the counter from ever firing while the pin control stays on (5.3+). */
const SOFT_DISABLED = 0xffff_ffff;

/**
 * The VMX half of the hv timer (vmx.c: vmx_set_hv_timer, vmx_cancel_hv_timer, vmx_update_hv_timer): the host TSC
 * deadline, the pin control that switches the counter on, and what VM entry loads.
 */
export class HvTimer {
  readonly counter: PreemptionTimer;
  /** hv_deadline_tsc; NEVER stands for -1, disabled. */
  deadlineTsc: Cycles = NEVER;
  /** The VMCS controls were written since the last entry, so that the next entry checks them all again. */
  controlsDirty = false;
  /** Writes to VMCS field 0x482E, for the tests of what each release writes. */
  valueWrites = 0;
  private pinBit: boolean;
  private softDisabled = false;

  constructor(
    private readonly features: KernelFeatures,
    private readonly guestTsc: GuestTsc,
    rateShift: number,
  ) {
    this.counter = new PreemptionTimer(rateShift);
    this.pinBit = features.pinControl === 'soft-disable';
  }

  get isArmed(): boolean {
    return this.deadlineTsc !== NEVER;
  }

  /** Whether exit 52 means nothing because the counter merely ran down from its disabled value. */
  get isSoftDisabled(): boolean {
    return this.softDisabled;
  }

  /** vmx_set_hv_timer: `guestDeadline` in guest TSC; `advance` is the timer advance in guest cycles. */
  set(guestDeadline: Cycles, now: Cycles, advance: Cycles): SetHvTimer {
    const guestNow = this.guestTsc.fromHost(now);
    let delta = Math.max(guestDeadline, guestNow) - guestNow;
    if (this.features.advanceAppliesToHv) delta = delta > advance ? delta - advance : 0;
    const hostDelta = this.features.hvTscScaling ? this.guestTsc.spanToHost(delta) : delta;
    if (hostDelta === null) return 'erange';
    if (this.features.hvRangeCheck !== 'none' && !this.counter.fits(hostDelta)) return 'erange';
    this.deadlineTsc = now + hostDelta;
    if (this.features.pinControl === 'toggle-at-arm') this.setPinBit(true);
    return hostDelta === 0 ? 'expired' : 'armed';
  }

  /** vmx_cancel_hv_timer. */
  cancel(): void {
    this.deadlineTsc = NEVER;
    if (this.features.pinControl === 'toggle-at-arm') this.setPinBit(false);
  }

  /**
   * vmx_update_hv_timer (vmx_arm_hv_timer before 5.0), run on every entry when the TSC reads `now`: the value that
   * this entry loads, or null when the counter will not fire.
   */
  valueForEntry(now: Cycles, immediateExit: boolean): number | null {
    const forced = immediateExit && this.features.forceImmediateExit === 'timer-zero';
    if (forced || this.isArmed) {
      if (this.features.pinControl !== 'toggle-at-arm') this.setPinBit(true);
      this.softDisabled = false;
      this.valueWrites++;
      return forced ? 0 : this.counter.valueFor(this.deadlineTsc, now);
    }
    if (this.features.pinControl === 'toggle-at-entry') this.setPinBit(false);
    if (this.features.pinControl === 'soft-disable' && !this.softDisabled) {
      this.softDisabled = true;
      this.valueWrites++;
      return SOFT_DISABLED;
    }
    return this.softDisabled ? SOFT_DISABLED : null;
  }

  private setPinBit(on: boolean): void {
    if (this.pinBit === on) return;
    this.pinBit = on;
    this.controlsDirty = true;
  }
}
