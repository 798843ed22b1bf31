import { row, since, until } from './feature-row.ts';

/**
 * The hv timer: the VMX preemption timer driving the guest's LAPIC timer (vmx.c and the hv half of
 * lapic.c).
 */
export const hvTimerFeatures = {
  /** Guest timer modes that may use the hv timer. `start_apic_timer`; one-shot and periodic by 4.10. */
  hvTimer: row<'none' | 'deadline-only' | 'all-modes'>(
    'hv timer (VMX preemption timer)',
    ['4.4', 'none'],
    ['4.8', 'deadline-only'],
    ['4.10', 'all-modes'],
  ),
  /**
   * A deadline that has passed when it is armed: `arm-zero` loads 0, so that the next VM entry exits at
   * once; `expire-now` raises the interrupt inside the exit that armed it. `vmx_set_hv_timer`,
   * `start_hv_timer`; 4.13.
   */
  hvExpiredAtArm: row<'arm-zero' | 'expire-now'>(
    'deadline passed at arm',
    ['4.4', 'arm-zero'],
    ['4.13', 'expire-now'],
  ),
  /**
   * `start_hv_timer` refuses a deadline of 0; before, writing 0 or waking without a timer fires it. 4.15.
   */
  hvRefusesZeroDeadline: since('4.15', 'hv refuses a deadline of 0'),
  /**
   * The pin-based control bit: `toggle-at-arm` in `vmx_set_hv_timer`; `toggle-at-entry` in
   * `vmx_update_hv_timer` (4.19); `soft-disable` keeps it on and loads 0xFFFFFFFF once instead (5.3).
   */
  pinControl: row<'toggle-at-arm' | 'toggle-at-entry' | 'soft-disable'>(
    'pin-control bit of the hv timer',
    ['4.4', 'toggle-at-arm'],
    ['4.19', 'toggle-at-entry'],
    ['5.3', 'soft-disable'],
  ),
  /**
   * How KVM forces an exit right after entry: a reschedule IPI to itself, or timer value 0 (4.19, VMX
   * only).
   */
  forceImmediateExit: row<'self-ipi' | 'timer-zero'>(
    'forced immediate exit',
    ['4.4', 'self-ipi'],
    ['4.19', 'timer-zero'],
  ),
  /** Exit 52 while `hv_timer_in_use` is false is no expiry. `kvm_lapic_expired_hv_timer`; 4.13. */
  hvIgnoresExitWhenUnused: since('4.13', 'exit 52 ignored when the hv timer is not in use'),
  /**
   * Order in the exit-52 handler; only expiring first records a one-shot or periodic deadline for the wait.
   * 5.12.
   */
  hvExpiryOrder: row<'cancel-then-expire' | 'expire-then-cancel'>(
    'order at hv expiry',
    ['4.4', 'cancel-then-expire'],
    ['5.12', 'expire-then-cancel'],
  ),
  /** Fastest count, in Hz, that the hv timer may have, so that a full count lasts 10 s; null: unchecked.
   * `hardware_setup`; 5.3. */
  hvMaxCountHz: row<number | null>('fastest usable hv count (Hz)', ['4.4', null], ['5.3', 429_496_729]),
  /** `set_hv_timer` fails when the guest may execute MWAIT (4.17), since deep C-states stop the counter. */
  hvVetoedByMwait: since('4.17', 'MWAIT pass-through excludes the hv timer'),
  /**
   * An armed timer on `kvm_arch_vcpu_load` at another pCPU: only the hv deadline is set again, or the whole
   * timer is restarted, which may expire it. `kvm_lapic_restart_hv_timer`; 4.13.
   */
  vcpuLoadRestart: row<'none' | 'set-hv-timer' | 'restart-apic-timer'>(
    'hv timer at vcpu_load elsewhere',
    ['4.4', 'none'],
    ['4.8', 'set-hv-timer'],
    ['4.13', 'restart-apic-timer'],
  ),
  /** `restart_apic_timer` returns at once while a non-periodic expiry is pending. 5.2. */
  restartSkippedWhilePending: since('5.2', 'restart skipped while an expiry is pending'),
  /**
   * `start_hv_timer` reports success for a deadline that expired at once; before, `start_sw_timer` also
   * ran. 5.2.
   */
  hvStartTrueWhenExpired: since('5.2', 'expired start counts as hv start'),
  /**
   * Where the timer leaves the hv timer while the thread does not run: on HLT, or at every sched-out (v1
   * and v2 of the patch series).
   */
  hvSwitchAt: row<'block' | 'sched-out'>('switch to the hrtimer', ['4.4', 'block']),
  /**
   * Comparisons with the TSC that each VM entry makes to find a deadline already past (v1 of the series:
   * 2).
   */
  hvExpiryChecksPerEntry: row<number>('expiry checks per VM entry', ['4.4', 0]),
  /**
   * When the guest deadline is converted to a host TSC value: once when armed, or on each entry (v1, v2).
   */
  hvDeadlineConvertedAt: row<'arm' | 'entry'>('deadline converted at', ['4.4', 'arm']),
  /** What entry tests to decide whether to program the counter (v3 of the series: the in-use flag). */
  hvArmCondition: row<'hv_deadline_tsc' | 'hv_timer_in_use'>('entry programs the counter if', [
    '4.4',
    'hv_deadline_tsc',
  ]),
  /** A deadline beyond the 32-bit counter: refused with -ERANGE, with -1 (v3), or not noticed (v1, v2). */
  hvRangeCheck: row<'erange' | 'minus-one' | 'none'>('deadline beyond 32 bits', ['4.4', 'erange']),
  /** CPUs on the errata list are excluded (v1 and v2 of the series did not look). */
  hvErrataChecked: row<boolean>('errata list consulted', ['4.4', true]),
  /** Host deadline follows the guest's TSC scaling (v1 and v2 of the series did not). */
  hvTscScaling: row<boolean>('TSC scaling in the hv deadline', ['4.4', true]),
  /**
   * A failed `set_hv_timer` leaves an earlier hv deadline armed beside the hrtimer (the series as applied).
   */
  hvFailureLeavesTimerArmed: row<boolean>('failed hv start leaves the old one armed', ['4.4', false]),
  /**
   * 32-bit hosts have no hv timer: the operations are compiled for X86_64 only (v3 of the series and
   * before: any).
   */
  hvNeeds64Bit: row<boolean>('hv timer needs a 64-bit kernel', ['4.4', true]),
  /** APIC reset and mode switches cancel an armed hv timer too. `apic_update_lvtt`; 5.6. */
  resetCancelsHvTimer: since('5.6', 'APIC reset cancels the hv timer'),
  /**
   * After blocking the hv timer is started even if it had not been in use (and with deadline 0 on old
   * kernels). `vmx_post_block`; gone in 5.17, when `vcpu_block` began to remember.
   */
  blockRestoresHvOnlyIfUsed: since('5.17', 'unblocking restores hv only if it was in use'),
  /** `vcpu_block` returns early without KVM_REQ_UNHALT; since 6.1 because the vCPU is not runnable. */
  unhaltRequest: until('6.1', 'KVM_REQ_UNHALT'),
} as const;
