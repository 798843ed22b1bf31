import { NEVER } from '../../simulation/agenda.ts';
import type { Cycles } from '../../time.ts';
import { Stage } from '../costs/stages.ts';
import { HostTimer } from '../host/host-timers.ts';
import { TimerStart } from './timer-start.ts';

/**
 * The emulated LAPIC timer of one vCPU: arch/x86/kvm/lapic.c, function by function, with the differences between
 * releases read from the feature table. Exactly one of the hv timer and the host hrtimer is armed at a time.
 */
export class LapicTimer extends TimerStart {
  /** kvm_set_lapic_tscdeadline_msr. */
  setTscdeadlineMsr(deadline: Cycles): void {
    this.pcpu.spend(Stage['kvm.set_tscdeadline_msr']);
    if (!this.msrActive) return;
    this.cancelHrtimer();
    this.tscdeadline = deadline;
    this.startApicTimer();
  }

  /** kvm_get_lapic_tscdeadline_msr. */
  getTscdeadlineMsr(): Cycles {
    return this.msrActive ? this.tscdeadline : 0;
  }

  private get msrActive(): boolean {
    const { registers, features } = this;
    if (registers.mode !== 'deadline') return false;
    return registers.hardwareEnabled || !features.msrReadsZeroWhenApicDisabled;
  }

  /** LVTT: mode, mask and vector (apic_update_lvtt). */
  writeLvtt(value: number): void {
    const before = this.registers.mode;
    this.registers.writeLvtt(value);
    const after = this.registers.mode;
    if (before === after) return;
    const rule = this.features.changeOfModeCancels;
    if (rule === 'hrtimer-on-any-change') {
      this.cancelHrtimer();
    } else if (before === 'deadline' || after === 'deadline') {
      this.cancelHrtimer();
      if (rule !== 'hrtimer' && this.hvTimerInUse) this.cancelHvTimer();
      if (rule === 'hrtimer-hv-and-pending') this.pending = false;
      this.registers.tmict = 0;
      this.registers.periodNs = 0;
      this.tscdeadline = 0;
    } else if (this.features.modeChangeAppliesMinPeriod) {
      this.registers.limitPeriod();
    }
  }

  /** TMICT: starts a one-shot or periodic timer; ignored in TSC-deadline mode. */
  writeTmict(count: number): void {
    this.pcpu.spend(Stage['kvm.write_timer_register']);
    if (this.registers.mode === 'deadline') return;
    this.cancelHrtimer();
    if (this.features.pendingClearedByTmict) {
      if (this.hvTimerInUse) this.cancelHvTimer();
      this.pending = false;
    }
    this.registers.tmict = count;
    this.startApicTimer();
  }

  /** TDCR: divide configuration; a running timer is rescaled (4.15+, update_target_expiration). */
  writeTdcr(value: number): void {
    const before = this.registers.divideCount;
    this.registers.writeTdcr(value);
    const { registers } = this;
    const running = registers.mode !== 'deadline' && registers.tmict !== 0 && this.targetExpiration !== 0;
    if (!this.features.tdcrRescales || !running || before === registers.divideCount) return;
    const now = this.host.read();
    const remaining = Math.max(0, this.targetExpiration - now);
    const rescaled = Math.floor((remaining * registers.divideCount) / before);
    registers.updatePeriod();
    this.tscdeadline += this.guestTsc.nsToCycles(rescaled) - this.guestTsc.nsToCycles(remaining);
    this.targetExpiration = now + rescaled;
    this.restartApicTimer();
  }

  /** TMCCT (apic_get_tmcct). */
  readTmcct(): number {
    const { registers } = this;
    if (registers.mode === 'deadline' || registers.tmict === 0 || registers.periodNs === 0) return 0;
    const expiry = this.features.tmcctFromTarget
      ? this.targetExpiration
      : this.host.expiryOf(HostTimer.lapic);
    const remaining = expiry === NEVER ? 0 : Math.max(0, expiry - this.host.read());
    return Math.floor((remaining % registers.periodNs) / (registers.busCycleNs * registers.divideCount));
  }

  /** APIC reset, software disable. */
  reset(): void {
    this.cancelHrtimer();
    if (this.features.resetCancelsHvTimer && this.hvTimerInUse) this.cancelHvTimer();
    this.registers.reset();
    this.pending = false;
    this.tscdeadline = 0;
  }
}
