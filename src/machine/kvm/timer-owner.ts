import type { Nanoseconds } from '../../time.ts';

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
