import { row, since } from './feature-row.ts';

/** Where tracepoints stand and how their lines look (trace.h of KVM, kernel/trace). */
export const traceFeatures = {
  /**
   * `late`: kvm_exit is printed by `vmx_handle_exit`, after the host interrupt was served; `early`: at
   * once. 5.8.
   */
  kvmExitTrace: row<'late' | 'early'>('place of kvm_exit', ['4.4', 'late'], ['5.8', 'early']),
  /**
   * `early`: kvm_entry in `vcpu_enter_guest`, before the busy wait; `late`: first thing in `vmx_vcpu_run`.
   * 5.11.
   */
  kvmEntryTrace: row<'early' | 'late'>('place of kvm_entry', ['4.4', 'early'], ['5.11', 'late']),
  /** kvm_wait_lapic_expire stands at the wait, or is deferred until after the next exit (5.3 to 5.17). */
  waitTrace: row<'at-wait' | 'after-next-exit'>(
    'place of kvm_wait_lapic_expire',
    ['4.4', 'at-wait'],
    ['5.3', 'after-next-exit'],
    ['5.19', 'at-wait'],
  ),
  /**
   * kvm_hv_timer_state: at each attempt, with the flag; 1 on success and 0 in `start_sw_timer` (4.13); the
   * final flag and 0 in `start_sw_timer` (5.2); only on success in the series as applied.
   */
  hvTimerStateTrace: row<'none' | 'success-only' | 'each-attempt' | 'success-and-sw' | 'flag-and-sw'>(
    'kvm_hv_timer_state printed',
    ['4.4', 'none'],
    ['4.8', 'each-attempt'],
    ['4.13', 'success-and-sw'],
    ['5.2', 'flag-and-sw'],
  ),
  /** kvm_hv_timer_state ends in a newline of its own, so that a blank line follows. Gone in 5.3. */
  hvTimerStateExtraNewline: row<boolean>(
    'blank line after kvm_hv_timer_state',
    ['4.4', true],
    ['5.3', false],
  ),
  /** Fields of kvm_entry: vcpu; rip (5.10); `[immediate exit]` (6.9); intr_info and error_code (6.14). */
  kvmEntryFormat: row<'vcpu' | 'rip' | 'rip-immediate' | 'rip-intr-info'>(
    'text of kvm_entry',
    ['4.4', 'vcpu'],
    ['5.10', 'rip'],
    ['6.9', 'rip-immediate'],
    ['6.14', 'rip-intr-info'],
  ),
  /**
   * Fields of kvm_exit: reason, rip, info; vcpu first (5.4); info1, info2, intr_info, error_code (5.10);
   * requests (6.14).
   */
  kvmExitFormat: row<'reason' | 'vcpu-reason' | 'vcpu-intr-info' | 'vcpu-requests'>(
    'text of kvm_exit',
    ['4.4', 'reason'],
    ['5.4', 'vcpu-reason'],
    ['5.10', 'vcpu-intr-info'],
    ['6.14', 'vcpu-requests'],
  ),
  /** kvm_inj_virq: `irq 236`, or `IRQ 0xec` (6.0). */
  kvmInjVirqFormat: row<'decimal' | 'hex'>('text of kvm_inj_virq', ['4.4', 'decimal'], ['6.0', 'hex']),
  /** kvm_apicv_accept_irq is printed for deliveries through the PIR. 5.16. */
  kvmApicvAcceptTrace: since('5.16', 'kvm_apicv_accept_irq'),
  /** kvm_vcpu_wakeup tells whether polling was valid. 4.8. */
  kvmVcpuWakeupPolling: since('4.8', 'kvm_vcpu_wakeup tells the polling'),
  /** hrtimer_start ends in `mode=`. 4.16. */
  hrtimerStartMode: since('4.16', 'hrtimer_start tells the mode'),
  /**
   * hrtimer_start ends in `was_armed=`: printed by the stable 6.1.192, not by the later mainline releases
   * read.
   */
  hrtimerStartWasArmed: row<boolean>(
    'hrtimer_start tells was_armed',
    ['4.4', false],
    ['6.1', true],
    ['6.2', false],
  ),
  /**
   * Distribution kernels are built with PREEMPT_DYNAMIC, which counts preemption depth in every preemption
   * model. 5.12.
   */
  preemptDynamic: since('5.12', 'preemption depth always counted'),
  /** Pointers are printed as a hash. 4.15. */
  pointersHashed: since('4.15', 'pointers printed as a hash'),
  /** `restart_apic_timer` and its callers run with preemption disabled. 4.13. */
  timerRestartUnpreemptible: since('4.13', 'timer restarted with preemption disabled'),
  /** Exit 7 is named PENDING_INTERRUPT, then INTERRUPT_WINDOW. 5.6. */
  exitWindowName: row<'PENDING_INTERRUPT' | 'INTERRUPT_WINDOW'>(
    'name of exit 7',
    ['4.4', 'PENDING_INTERRUPT'],
    ['5.6', 'INTERRUPT_WINDOW'],
  ),
  /** Mode of the tick's hrtimer when the idle loop starts it again. HARD by 5.4. */
  tickMode: row<'ABS|PINNED' | 'ABS|PINNED|HARD'>(
    'mode of the tick',
    ['4.4', 'ABS|PINNED'],
    ['5.4', 'ABS|PINNED|HARD'],
  ),
  /** Vector of the host's own LAPIC timer. */
  localTimerVector: row<number>('local timer vector', ['4.4', 239], ['4.15', 238], ['5.0', 236]),
  /** Letters in the flags column of a line. 5.15. */
  ftraceFlagsWidth: row<number>('letters of the flags column', ['4.4', 4], ['5.15', 5]),
  /**
   * Layout of the columns' header: as old; room for wide pids (5.9); a column for migrate-disable (5.15);
   * the irqs column named for bottom halves too (5.17).
   */
  ftraceHeader: row<'narrow' | 'wide' | 'migrate-disable' | 'bottom-halves'>(
    'header of the trace file',
    ['4.4', 'narrow'],
    ['5.9', 'wide'],
    ['5.15', 'migrate-disable'],
    ['5.17', 'bottom-halves'],
  ),
  /** The irqs column also knows `D` and `b` for bottom halves off. 5.17. */
  ftraceBottomHalfFlags: since('5.17', 'bottom-half flags'),
  /** The need-resched column also knows lazy rescheduling. 6.14. */
  ftraceLazyFlags: since('6.14', 'lazy need-resched flags'),
  /** Width of the pid column. 5.9. */
  ftracePidWidth: row<number>('width of the pid column', ['4.4', 5], ['5.9', 7]),
} as const;
