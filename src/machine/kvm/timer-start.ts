import { NEVER } from '../../simulation/agenda.ts';
import type { Nanoseconds } from '../../time.ts';
import { Stage } from '../costs/stages.ts';
import { HostTimer } from '../host/host-timers.ts';
import { TimerExpiry } from './timer-expiry.ts';

/** Which of the two host mechanisms carries the timer: starting, expiring and exchanging them. */
export class TimerStart extends TimerExpiry {
  /** __start_apic_timer. */
  protected startApicTimer(): void {
    this.pending = false;
    if (this.registers.mode !== 'deadline' && !this.setTargetExpiration()) return;
    this.restartApicTimer();
  }

  /** set_target_expiration: host time and TSC image of a count; false when the period is 0. */
  protected setTargetExpiration(): boolean {
    const { registers } = this;
    const now = this.host.read();
    const guestNow = this.guestNow();
    this.pcpu.spend(Stage['kvm.set_target_expiration']);
    registers.updatePeriod();
    if (registers.periodNs === 0) {
      if (this.features.zeroPeriodClearsDeadline) this.tscdeadline = 0;
      return false;
    }
    registers.limitPeriod();
    this.targetExpiration = now + registers.periodNs;
    if (this.features.hvTimer === 'all-modes') {
      this.tscdeadline = guestNow + this.guestTsc.nsToCycles(registers.periodNs);
    }
    return true;
  }

  /** restart_apic_timer: the hv timer if it can be had, else the hrtimer. */
  restartApicTimer(): void {
    if (this.features.restartSkippedWhilePending && !this.isPeriodic && this.pending) return;
    this.disablePreemption();
    if (!this.startHvTimer() && (this.isPeriodic || !this.pending)) {
      this.pcpu.spend(Stage['kvm.restart_apic_timer']);
      this.startSwTimer();
    }
    this.enablePreemption();
  }

  /** start_hv_timer (start_hv_tscdeadline in 4.8): true when the hv timer has taken over. */
  protected startHvTimer(): boolean {
    const { features, pcpu } = this;
    if (!this.hvUsableInThisMode) return false;
    if (features.hvRefusesZeroDeadline && this.tscdeadline === 0) return false;
    if (this.hvStartRefusedWhilePending()) return false;
    const converts = features.hvDeadlineConvertedAt === 'arm';
    pcpu.spend(converts ? Stage['kvm.start_hv_timer'] : Stage['kvm.start_hv_timer_unconverted']);
    const advance = this.guestTsc.nsToCycles(this.advance.ns);
    const result = this.hv.set(this.tscdeadline, pcpu.now, advance);
    if (result === 'erange') {
      if (this.hvTimerInUse && !features.hvFailureLeavesTimerArmed) this.cancelHvTimer();
      if (features.hvTimerStateTrace === 'each-attempt') this.traceHvTimerState();
      return false;
    }
    this.hvTimerInUse = true;
    this.cancelHrtimer();
    let started = true;
    if (!this.isPeriodic) started = this.settleHvStart(result === 'expired');
    this.traceHvStart();
    return started;
  }

  /** 4.8–4.12: start_hv_tscdeadline looks at `pending` before it touches the VMCS. */
  protected hvStartRefusedWhilePending(): boolean {
    if (this.features.hvExpiredAtArm !== 'arm-zero' || this.isPeriodic || !this.pending) return false;
    if (this.hvTimerInUse) this.cancelHvTimer();
    if (this.features.hvTimerStateTrace === 'each-attempt') this.traceHvTimerState();
    return true;
  }

  /** An expiry that came meanwhile, or a deadline that has passed, needs no hv timer. */
  protected settleHvStart(expired: boolean): boolean {
    if (this.pending) {
      this.cancelHvTimer();
      return true;
    }
    if (!expired || this.features.hvExpiredAtArm === 'arm-zero') return true;
    this.pcpu.spend(Stage['kvm.expired_at_arm']);
    this.apicTimerExpired(false);
    this.cancelHvTimer();
    return this.features.hvStartTrueWhenExpired;
  }

  /** start_sw_timer: the host hrtimer. */
  protected startSwTimer(): void {
    if (this.hvTimerInUse) {
      this.pcpu.spend(Stage['kvm.cancel_hv_timer']);
      this.cancelHvTimer();
    }
    if (!this.isPeriodic && this.pending) return;
    if (this.registers.mode === 'deadline') this.startSwTscdeadline();
    else this.startSwPeriod();
    const { hvTimerStateTrace } = this.features;
    if (hvTimerStateTrace === 'success-and-sw' || hvTimerStateTrace === 'flag-and-sw')
      this.traceHvTimerState();
  }

  /** start_sw_tscdeadline: guest cycles to ns by integer division, less the advance. */
  protected startSwTscdeadline(): void {
    const { pcpu, features } = this;
    if (this.tscdeadline === 0) {
      pcpu.spend(Stage['kvm.start_sw_timer_zero']);
      return;
    }
    pcpu.spend(Stage['kvm.start_sw_timer']);
    const now = this.host.read();
    pcpu.spend(Stage['kvm.start_sw_timer_convert']);
    const guestNow = this.guestNow();
    const cycles = this.tscdeadline - guestNow;
    const ns = Math.floor((cycles * 1_000_000) / this.guestTsc.khz);
    const tooNear = features.swExpiresWithinAdvance && ns <= this.advance.ns;
    if (cycles > 0 && !tooNear) this.startHostTimer(now + ns - this.advance.ns);
    else this.expireAtArm();
  }

  /** start_sw_period. */
  protected startSwPeriod(): void {
    if (this.registers.periodNs === 0) return;
    this.pcpu.spend(Stage['kvm.start_sw_period']);
    if (this.targetExpiration > this.host.read()) this.startHostTimer(this.targetExpiration);
    else {
      this.expireAtArm();
      if (this.isPeriodic) {
        this.advancePeriodicTargetExpiration();
        this.startHostTimer(this.targetExpiration);
      }
    }
  }

  protected expireAtArm(): void {
    this.pcpu.spend(Stage['kvm.expired_at_arm']);
    this.apicTimerExpired(false);
  }

  protected startHostTimer(expires: Nanoseconds): void {
    if (this.owner.canPostTimerInterrupt && this.owner.startRemoteTimer(expires)) return;
    this.host.start(HostTimer.lapic, expires);
  }

  /** apic_timer_fn: the host hrtimer has expired. */
  readonly apicTimerFn = (): void => {
    const next = this.hrtimerExpired();
    if (next !== NEVER) this.host.forward(HostTimer.lapic, next);
  };

  /** What the callback does wherever the hrtimer is queued; when a periodic one is to fire again. */
  hrtimerExpired(): Nanoseconds {
    this.apicTimerExpired(true);
    if (!this.isPeriodic) return NEVER;
    this.advancePeriodicTargetExpiration();
    return this.targetExpiration;
  }

  /** kvm_lapic_expired_hv_timer: exit 52 while the hv timer was armed. */
  expiredHvTimer(): void {
    if (!this.hvTimerInUse && this.features.hvIgnoresExitWhenUnused) return;
    this.disablePreemption();
    this.expireHvTimer();
    this.enablePreemption();
  }

  protected expireHvTimer(): void {
    const { features } = this;
    if (features.hvExpiryOrder === 'cancel-then-expire') this.cancelHvTimer();
    this.apicTimerExpired(false);
    if (features.hvExpiryOrder === 'expire-then-cancel') this.cancelHvTimer();
    if (!this.isPeriodic || this.registers.periodNs === 0) return;
    this.advancePeriodicTargetExpiration();
    this.restartApicTimer();
  }

  protected advancePeriodicTargetExpiration(): void {
    this.pcpu.spend(Stage['kvm.advance_periodic']);
    const now = this.host.read();
    const { periodNs } = this.registers;
    this.targetExpiration += periodNs;
    if (this.features.periodicAdvance === 'hrtimer-restart') return;
    if (this.features.periodicAdvance === 'clamp' && this.targetExpiration < now) this.targetExpiration = now;
    if (this.features.periodicAdvance === 'independent') {
      this.tscdeadline += this.guestTsc.nsToCycles(periodNs);
    } else {
      const ahead = this.guestTsc.nsToCycles(Math.abs(this.targetExpiration - now));
      this.tscdeadline = this.guestNow() + (this.targetExpiration >= now ? ahead : -ahead);
    }
  }

  /** cancel_hv_timer. */
  protected cancelHvTimer(): void {
    this.hv.cancel();
    this.hvTimerInUse = false;
  }

  protected cancelHrtimer(): void {
    if (this.owner.canPostTimerInterrupt) this.owner.cancelRemoteTimer();
    this.host.cancel(HostTimer.lapic);
  }

  /** kvm_lapic_switch_to_sw_timer: the vCPU is about to block, where the counter does not run. */
  switchToSwTimer(): void {
    if (!this.hvTimerInUse) return;
    this.disablePreemption();
    this.pcpu.spend(Stage['kvm.switch_to_sw_timer']);
    this.startSwTimer();
    this.enablePreemption();
  }

  /** kvm_lapic_switch_to_hv_timer: the vCPU runs again. */
  switchToHvTimer(): void {
    this.pcpu.spend(Stage['kvm.switch_to_hv_timer']);
    this.restartApicTimer();
  }

  /** kvm_arch_vcpu_load on another pCPU. */
  vcpuLoadElsewhere(): void {
    if (!this.hvTimerInUse || this.features.vcpuLoadRestart === 'none') return;
    this.restartApicTimer();
  }

  /** __kvm_migrate_apic_timer: an active hrtimer moves to the vCPU's new CPU with the same expiry. */
  migrateHrtimer(): void {
    const expires = this.host.expiryOf(HostTimer.lapic);
    if (expires === NEVER) return;
    this.cancelHrtimer();
    this.host.start(HostTimer.lapic, expires);
  }

  protected get hvUsableInThisMode(): boolean {
    if (!this.owner.canUseHvTimer || this.features.hvTimer === 'none') return false;
    return this.features.hvTimer === 'all-modes' || this.registers.mode === 'deadline';
  }

  protected get isPeriodic(): boolean {
    return this.registers.mode === 'periodic';
  }

  /** Older releases tell only of a start that succeeded. */
  protected traceHvStart(): void {
    const { hvTimerStateTrace } = this.features;
    const always = hvTimerStateTrace === 'each-attempt' || hvTimerStateTrace === 'flag-and-sw';
    if (always || this.hvTimerInUse) this.traceHvTimerState();
  }

  protected disablePreemption(): void {
    if (this.features.timerRestartUnpreemptible) this.pcpu.execution.preemptDepth++;
  }

  protected enablePreemption(): void {
    if (this.features.timerRestartUnpreemptible) this.pcpu.execution.preemptDepth--;
  }

  protected traceHvTimerState(): void {
    const { observer, now, execution } = this.pcpu;
    if (observer === null) return;
    const fields = { vcpu_id: execution.vcpuId, hv_timer: this.hvTimerInUse ? 1 : 0 };
    observer.event(now, 'kvm_hv_timer_state', fields);
  }
}
