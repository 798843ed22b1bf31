import { row, since } from './feature-row.ts';

/** Registers of the emulated local APIC timer and the host hrtimer behind it (lapic.c). */
export const lapicFeatures = {
  /**
   * Mode of KVM's hrtimer: bound to the CPU; free to go to a housekeeping CPU (5.3); so, expiring in
   * hard-irq context (5.4). `kvm_create_lapic`, `start_sw_timer`.
   */
  hrtimerMode: row<'abs-pinned' | 'abs' | 'abs-hard'>(
    'mode of the LAPIC hrtimer',
    ['4.4', 'abs-pinned'],
    ['5.3', 'abs'],
    ['5.4', 'abs-hard'],
  ),
  /**
   * The hrtimer on a PREEMPT_RT host: expires in the hard interrupt, by the patch's `irqsafe` mark or by
   * mode; 5.3 alone has no mark and expires in the timer softirq. `__hrtimer_init`.
   */
  rtHrtimerExpiry: row<'hard-irq' | 'softirq'>(
    'expiry of the hrtimer on PREEMPT_RT',
    ['4.4', 'hard-irq'],
    ['5.3', 'softirq'],
    ['5.4', 'hard-irq'],
  ),
  /**
   * The soft deadline expires at once when it is nearer than the timer advance. `start_sw_tscdeadline`;
   * 5.2.
   */
  swExpiresWithinAdvance: since('5.2', 'hrtimer path expires at once within the advance'),
  /**
   * An LVTT write cancels: the hrtimer on any change of mode; the hrtimer, counts and deadline on a change
   * to or from TSC-deadline (4.15); an hv timer in use besides (5.6); a pending expiry besides (5.14).
   * `apic_update_lvtt`.
   */
  changeOfModeCancels: row<'hrtimer-on-any-change' | 'hrtimer' | 'hrtimer-and-hv' | 'hrtimer-hv-and-pending'>(
    'change of timer mode cancels',
    ['4.4', 'hrtimer-on-any-change'],
    ['4.15', 'hrtimer'],
    ['5.6', 'hrtimer-and-hv'],
    ['5.14', 'hrtimer-hv-and-pending'],
  ),
  /** Writing TMICT also cancels an armed hv timer and a pending expiry. `kvm_lapic_reg_write`; 5.14. */
  pendingClearedByTmict: since('5.14', 'TMICT write clears hv timer and pending'),
  /** Writing TDCR rescales a running one-shot or periodic timer. `update_target_expiration`; 4.15. */
  tdcrRescales: since('4.15', 'TDCR rescales the running timer'),
  /** TDCR is stored masked with 0xB. 5.15. */
  tdcrStoredMasked: since('5.15', 'TDCR stored masked'),
  /**
   * TMCCT is computed from `target_expiration` instead of the hrtimer's remaining time. `apic_get_tmcct`;
   * 4.10.
   */
  tmcctFromTarget: since('4.10', 'TMCCT from target_expiration'),
  /**
   * Next expiry of a periodic timer: the hrtimer restarts itself; period added to ktime and TSC images
   * independently (4.10); TSC image recomputed (4.15); a past target clamped to now (6.19).
   * `advance_periodic_target_expiration`.
   */
  periodicAdvance: row<'hrtimer-restart' | 'independent' | 'recompute' | 'clamp'>(
    'periodic timer advances',
    ['4.4', 'hrtimer-restart'],
    ['4.10', 'independent'],
    ['4.15', 'recompute'],
    ['6.19', 'clamp'],
  ),
  /** Shortest period of a periodic timer, µs (module parameter `min_timer_period_us`). 4.17. */
  minTimerPeriodUs: row<number>('min_timer_period_us', ['4.4', 500], ['4.17', 200]),
  /** A change between one-shot and periodic applies the minimum period again. 4.15. */
  modeChangeAppliesMinPeriod: since('4.15', 'mode change applies the minimum period'),
  /** A period of 0 clears `tscdeadline`. `start_sw_period`, `set_target_expiration`; 4.15. */
  zeroPeriodClearsDeadline: since('4.15', 'zero period clears tscdeadline'),
  /**
   * Injection of a one-shot interrupt clears `tscdeadline` and `target_expiration`.
   * `kvm_inject_apic_timer_irqs`; 4.12.
   */
  oneshotClearedOnInject: since('4.12', 'one-shot images cleared on injection'),
  /**
   * MSR 0x6E0 needs TSC-deadline mode and an enabled APIC; before, only one-shot and periodic mode refused
   * it. 5.11.
   */
  msrReadsZeroWhenApicDisabled: since('5.11', 'MSR 0x6E0 reads 0 when the APIC is disabled'),
  /** KVM_CAP_X86_APIC_BUS_CYCLES_NS exists; before, the APIC bus runs at 1 GHz. 6.11. */
  apicBusCycleNsSettable: since('6.11', 'KVM_CAP_X86_APIC_BUS_CYCLES_NS'),
  /** `apic_timer_expired` records the deadline before it looks at posting and pending. 5.3. */
  expiredRecordedFirst: since('5.3', 'expired deadline recorded first'),
  /**
   * How an expiry rouses the vCPU: its wait queue; a kick (5.3); a kick only from the hrtimer callback
   * (5.11).
   */
  timerWake: row<'wait-queue' | 'kick' | 'kick-from-hrtimer'>(
    'expiry wakes by',
    ['4.4', 'wait-queue'],
    ['5.3', 'kick'],
    ['5.11', 'kick-from-hrtimer'],
  ),
  /**
   * Request that makes the vCPU look at its pending timer: KVM_REQ_PENDING_TIMER or KVM_REQ_UNBLOCK. 5.14.
   */
  pendingRequest: row<'pending-timer' | 'unblock'>(
    'request for a pending timer',
    ['4.4', 'pending-timer'],
    ['5.14', 'unblock'],
  ),
} as const;
