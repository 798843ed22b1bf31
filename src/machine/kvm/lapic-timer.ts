import { NEVER } from '../../simulation/agenda.ts';
import type { Cycles, Nanoseconds } from '../../time.ts';
import { Stage } from '../costs/stages.ts';
import type { GuestTsc } from '../hardware/tsc.ts';
import { HostTimer, type HostTimers } from '../host/host-timers.ts';
import type { Pcpu } from '../pcpu.ts';
import type { KernelFeatures } from './features.ts';
import type { HvTimer } from './hv-timer.ts';
import { LapicRegisters } from './lapic-registers.ts';
import type { TimerAdvance } from './timer-advance.ts';

/** What the timer asks of its vCPU (x86.c, kvm_main.c). */
export interface TimerOwner {
  /** kvm_can_use_hv_timer. */
  readonly canUseHvTimer: boolean;
  readonly apicvActive: boolean;
  /** kvm_can_post_timer_interrupt. */
  readonly canPostTimerInterrupt: boolean;
  readonly inGuestMode: boolean;
  /** Queues the hrtimer on a housekeeping CPU (posted timer interrupts); false when it must stay here. */
  startRemoteTimer(expires: Nanoseconds): boolean;
  cancelRemoteTimer(): void;
  /** Spins until the deadline of a timer that was programmed early. */
  waitForDeadline(): void;
  /** kvm_set_pending_timer, swait wake-up: the vCPU must look at `pending`. */
  pendingTimerRaised(fromHrtimer: boolean): void;
  /** kvm_apic_local_deliver: accept the LVTT vector. */
  deliverTimerInterrupt(): void;
}

/**
 * The emulated LAPIC timer of one vCPU: arch/x86/kvm/lapic.c, function by function, with the differences between
 * releases read from the feature table. Exactly one of the hv timer and the host hrtimer is armed at a time.
 */
export class LapicTimer {
  readonly registers: LapicRegisters;
  /** Guest TSC deadline; image of the one-shot and periodic expiry too (4.10+). */
  tscdeadline: Cycles = 0;
  /** Deadline that the next entry measures against and waits for; 0 for none. */
  expiredTscdeadline: Cycles = 0;
  /** Host time of the next one-shot or periodic expiry. */
  targetExpiration: Nanoseconds = 0;
  /** An expiry that has not been injected yet. */
  pending = false;
  hvTimerInUse = false;

  constructor(
    private readonly pcpu: Pcpu,
    private readonly features: KernelFeatures,
    private readonly guestTsc: GuestTsc,
    private readonly host: HostTimers,
    readonly hv: HvTimer,
    readonly advance: TimerAdvance,
    private readonly owner: TimerOwner,
    settings: { minTimerPeriodUs: number; apicBusCycleNs: number },
  ) {
    this.registers = new LapicRegisters(settings, features.tdcrStoredMasked);
  }

  // --- registers -------------------------------------------------------------------------------------------------

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

  // --- starting --------------------------------------------------------------------------------------------------

  /** __start_apic_timer. */
  private startApicTimer(): void {
    this.pending = false;
    if (this.registers.mode !== 'deadline' && !this.setTargetExpiration()) return;
    this.restartApicTimer();
  }

  /** set_target_expiration: host time and TSC image of a count; false when the period is 0. */
  private setTargetExpiration(): boolean {
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
  private startHvTimer(): boolean {
    const { features, pcpu } = this;
    if (!this.hvUsableInThisMode) return false;
    if (features.hvRefusesZeroDeadline && this.tscdeadline === 0) return false;
    if (this.hvStartRefusedWhilePending()) return false;
    pcpu.spend(Stage['kvm.start_hv_timer']);
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
  private hvStartRefusedWhilePending(): boolean {
    if (this.features.hvExpiredAtArm !== 'arm-zero' || this.isPeriodic || !this.pending) return false;
    if (this.hvTimerInUse) this.cancelHvTimer();
    if (this.features.hvTimerStateTrace === 'each-attempt') this.traceHvTimerState();
    return true;
  }

  /** An expiry that came meanwhile, or a deadline that has passed, needs no hv timer. */
  private settleHvStart(expired: boolean): boolean {
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
  private startSwTimer(): void {
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
  private startSwTscdeadline(): void {
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
  private startSwPeriod(): void {
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

  private expireAtArm(): void {
    this.pcpu.spend(Stage['kvm.expired_at_arm']);
    this.apicTimerExpired(false);
  }

  private startHostTimer(expires: Nanoseconds): void {
    if (this.owner.canPostTimerInterrupt && this.owner.startRemoteTimer(expires)) return;
    this.host.start(HostTimer.lapic, expires);
  }

  // --- expiring --------------------------------------------------------------------------------------------------

  /** apic_timer_expired. */
  private apicTimerExpired(fromHrtimer: boolean): void {
    const { features, owner } = this;
    if (this.pending) return;
    if (this.registers.mode === 'deadline' || (this.hvTimerInUse && features.expiredRecordedFirst)) {
      this.expiredTscdeadline = this.tscdeadline;
    }
    if (!fromHrtimer && owner.apicvActive && features.directInjectWithApicv) {
      this.pcpu.spend(Stage['kvm.deliver_timer_irq']);
      this.injectApicTimerIrq();
      return;
    }
    if (owner.canPostTimerInterrupt && owner.inGuestMode) {
      if (this.expiredTscdeadline !== 0 && this.advance.ns !== 0) owner.waitForDeadline();
      this.pcpu.spend(Stage['kvm.deliver_timer_irq']);
      this.injectApicTimerIrq();
      return;
    }
    this.pending = true;
    owner.pendingTimerRaised(fromHrtimer);
  }

  /** apic_timer_fn: the host hrtimer has expired. */
  readonly apicTimerFn = (): void => {
    this.apicTimerExpired(true);
    if (!this.isPeriodic) return;
    this.advancePeriodicTargetExpiration();
    this.host.forward(HostTimer.lapic, this.targetExpiration);
  };

  /** kvm_lapic_expired_hv_timer: exit 52 while the hv timer was armed. */
  expiredHvTimer(): void {
    if (!this.hvTimerInUse && this.features.hvIgnoresExitWhenUnused) return;
    this.disablePreemption();
    this.expireHvTimer();
    this.enablePreemption();
  }

  private expireHvTimer(): void {
    const { features } = this;
    if (features.hvExpiryOrder === 'cancel-then-expire') this.cancelHvTimer();
    this.apicTimerExpired(false);
    if (features.hvExpiryOrder === 'expire-then-cancel') this.cancelHvTimer();
    if (!this.isPeriodic || this.registers.periodNs === 0) return;
    this.advancePeriodicTargetExpiration();
    this.restartApicTimer();
  }

  private advancePeriodicTargetExpiration(): void {
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

  /** apic_has_pending_timer. */
  get hasPendingTimer(): boolean {
    return this.pending && this.registers.enabled && !this.registers.masked;
  }

  /** kvm_inject_pending_timer_irqs. */
  injectPendingTimerIrqs(): void {
    if (!this.hasPendingTimer) return;
    this.injectApicTimerIrq();
    this.pending = false;
  }

  /** kvm_inject_apic_timer_irqs: MSR 0x6E0 reads 0 from here on. */
  private injectApicTimerIrq(): void {
    this.owner.deliverTimerInterrupt();
    const { mode } = this.registers;
    if (mode === 'deadline') this.tscdeadline = 0;
    if (mode === 'oneshot' && this.features.oneshotClearedOnInject) {
      this.tscdeadline = 0;
      this.targetExpiration = 0;
    }
  }

  // --- switching between the two timers --------------------------------------------------------------------------

  /** cancel_hv_timer. */
  private cancelHvTimer(): void {
    this.hv.cancel();
    this.hvTimerInUse = false;
  }

  private cancelHrtimer(): void {
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

  // --- helpers ---------------------------------------------------------------------------------------------------

  private get isPeriodic(): boolean {
    return this.registers.mode === 'periodic';
  }

  private get hvUsableInThisMode(): boolean {
    if (!this.owner.canUseHvTimer || this.features.hvTimer === 'none') return false;
    return this.features.hvTimer === 'all-modes' || this.registers.mode === 'deadline';
  }

  private guestNow(): Cycles {
    return this.guestTsc.fromHost(this.pcpu.now);
  }

  /** Older releases tell only of a start that succeeded. */
  private traceHvStart(): void {
    const { hvTimerStateTrace } = this.features;
    const always = hvTimerStateTrace === 'each-attempt' || hvTimerStateTrace === 'flag-and-sw';
    if (always || this.hvTimerInUse) this.traceHvTimerState();
  }

  private disablePreemption(): void {
    if (this.features.timerRestartUnpreemptible) this.pcpu.execution.preemptDepth++;
  }

  private enablePreemption(): void {
    if (this.features.timerRestartUnpreemptible) this.pcpu.execution.preemptDepth--;
  }

  private traceHvTimerState(): void {
    const { observer, now, execution } = this.pcpu;
    if (observer === null) return;
    const fields = { vcpu_id: execution.vcpuId, hv_timer: this.hvTimerInUse ? 1 : 0 };
    observer.event(now, 'kvm_hv_timer_state', fields);
  }
}
