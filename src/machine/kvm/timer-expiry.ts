import type { Cycles, Nanoseconds } from '../../time.ts';
import { Stage } from '../costs/stages.ts';
import type { GuestTsc } from '../hardware/tsc.ts';
import type { HostTimers } from '../host/host-timers.ts';
import type { Pcpu } from '../pcpu.ts';
import type { KernelFeatures } from './features.ts';
import type { HvTimer } from './hv-timer.ts';
import { LapicRegisters } from './lapic-registers.ts';
import type { TimerAdvance } from './timer-advance.ts';
import type { TimerOwner } from './timer-owner.ts';

/** State of the emulated timer (struct kvm_timer), and what its expiry means: pending, injected or posted. */
export class TimerExpiry {
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
    protected readonly pcpu: Pcpu,
    protected readonly features: KernelFeatures,
    protected readonly guestTsc: GuestTsc,
    protected readonly host: HostTimers,
    readonly hv: HvTimer,
    readonly advance: TimerAdvance,
    protected readonly owner: TimerOwner,
    settings: { minTimerPeriodUs: number; apicBusCycleNs: number },
  ) {
    this.registers = new LapicRegisters(settings, features.tdcrStoredMasked);
  }

  /** apic_timer_expired. */
  protected apicTimerExpired(fromHrtimer: boolean): void {
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
  protected injectApicTimerIrq(): void {
    this.owner.deliverTimerInterrupt();
    const { mode } = this.registers;
    if (mode === 'deadline') this.tscdeadline = 0;
    if (mode === 'oneshot' && this.features.oneshotClearedOnInject) {
      this.tscdeadline = 0;
      this.targetExpiration = 0;
    }
  }

  protected guestNow(): Cycles {
    return this.guestTsc.fromHost(this.pcpu.now);
  }
}
