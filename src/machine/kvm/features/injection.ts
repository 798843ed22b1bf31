import { row, since, until } from './feature-row.ts';

/** Timer advance, fast paths and posted timer interrupts (lapic.c, x86.c, vmx.c). */
export const injectionFeatures = {
  /** `lapic_timer_advance_ns` also shortens the hv deadline. `vmx_set_hv_timer`; 4.18. */
  advanceAppliesToHv: since('4.18', 'timer advance applies to the hv timer'),
  /**
   * How the advance follows the measured lateness. `adjust_lapic_timer_advance`: not at all; until it
   * converged once for all VMs (4.20); once per vCPU, off above 5000 ns (5.2); back to 1000 ns above 5000
   * ns (5.3); for ever (5.4).
   */
  advanceRule: row<
    'fixed' | 'converge-once-global' | 'disable-above-5000' | 'reset-above-5000' | 'continuous'
  >(
    'rule of the adaptive advance',
    ['4.4', 'fixed'],
    ['4.20', 'converge-once-global'],
    ['5.2', 'disable-above-5000'],
    ['5.3', 'reset-above-5000'],
    ['5.4', 'continuous'],
  ),
  /** Default of `lapic_timer_advance_ns`: 0 off, -1 adaptive from 1000 ns. */
  advanceDefaultNs: row<number>('lapic_timer_advance_ns', ['4.4', 0], ['4.20', 1000], ['5.2', -1]),
  /** What the parameter accepts: ns for all VMs; ns or -1 per vCPU (5.2); only on and off (6.10). */
  advanceParameter: row<'global-ns' | 'per-vcpu-ns' | 'on-off'>(
    'advance parameter accepts',
    ['4.4', 'global-ns'],
    ['5.2', 'per-vcpu-ns'],
    ['6.10', 'on-off'],
  ),
  /**
   * Where the busy wait for the deadline stands: 700 and more cycles before the world switch, or right
   * before it. `wait_lapic_expire`; 5.3.
   */
  waitPosition: row<'vcpu_enter_guest' | 'vmx_vcpu_run'>(
    'place of the busy wait',
    ['4.4', 'vcpu_enter_guest'],
    ['5.3', 'vmx_vcpu_run'],
  ),
  /** The busy wait is never longer than the advance (not so in the series as first applied). */
  waitCapped: row<boolean>('busy wait capped by the advance', ['4.4', true]),
  /** With TSC scaling the wait is counted in ns instead of guest cycles. `__wait_lapic_expire`; 5.2. */
  waitHonoursTscScaling: since('5.2', 'busy wait in ns under TSC scaling'),
  /** Lateness is measured and traced even without an advance. Gone in 4.16. */
  waitTracedWithoutAdvance: row<boolean>(
    'lateness traced without an advance',
    ['4.4', true],
    ['4.16', false],
  ),
  /**
   * The adaptive rule runs before the wait, which then reads the TSC again. `__kvm_wait_lapic_expire`;
   * 5.14.
   */
  adjustBeforeWait: since('5.14', 'advance adjusted before the wait'),
  /**
   * Expiry outside the hrtimer callback injects directly when APICv is active. `apic_timer_expired`; 5.8.
   */
  directInjectWithApicv: since('5.8', 'hv expiry injects directly under APICv'),
  /** Timer interrupts may be posted from a housekeeping CPU (`pi_inject_timer`). 5.3. */
  postedTimer: since('5.3', 'posted timer interrupts'),
  /** Posting needs HLT or MWAIT pass-through. `kvm_can_post_timer_interrupt`; 5.18. */
  postedTimerNeedsIdleExitsDisabled: since('5.18', 'posted timer needs HLT or MWAIT pass-through'),
  /**
   * Deadline writes served with interrupts off: only those that use the hv timer (5.8); all, AMD included
   * (6.17). `handle_fastpath_set_tscdeadline`, `handle_fastpath_wrmsr`.
   */
  fastpathWrmsr: row<'none' | 'hv-only' | 'all'>(
    'WRMSR fastpath',
    ['4.4', 'none'],
    ['5.8', 'hv-only'],
    ['6.17', 'all'],
  ),
  /** Exit 52 served with interrupts off. `handle_fastpath_preemption_timer`; 5.8. */
  fastpathPreemptionTimer: since('5.8', 'preemption-timer fastpath'),
  /** An exit 52 while soft-disabled re-enters from the fastpath instead of the slow handler. 6.9. */
  fastpathReentersSoftDisabled: since('6.9', 'soft-disabled exit re-enters from the fastpath'),
  /** HLT with an event already pending re-enters at once. `handle_fastpath_hlt`; 6.12. */
  fastpathHlt: since('6.12', 'HLT fastpath'),
  /** Where the fastpath loops: in `vmx_vcpu_run`, or in `vcpu_enter_guest` (5.12). */
  fastpathLoop: row<'vmx_vcpu_run' | 'vcpu_enter_guest'>(
    'fastpath loops in',
    ['4.4', 'vmx_vcpu_run'],
    ['5.12', 'vcpu_enter_guest'],
  ),
  /** The PIR is folded into the vIRR before the fastpath looks for exit requests. 5.15. */
  fastpathFoldsPirFirst: since('5.15', 'PIR folded before the exit-request check'),
  /** No notification IPI when the target is the vCPU running here. `vmx_deliver_posted_interrupt`; 5.8. */
  selfNotificationSkipped: since('5.8', 'no notification IPI to itself'),
  /** A PIR whose ON bit was set still requests an event and may kick. Until 4.8. */
  requestWhenOnAlreadySet: row<boolean>('event requested although ON was set', ['4.4', true], ['4.9', false]),
  /**
   * A posted vector also requests KVM_REQ_EVENT, so that the entry takes the whole path of event injection; since
   * 4.11 it only folds the PIR into the vIRR. `vmx_deliver_posted_interrupt`.
   */
  apicvRequestsEvent: until('4.11', 'posted vector requests an event'),
  /** `kvm_vcpu_kick` stops after it woke a blocked vCPU; before, it also considered an IPI. 4.12. */
  kickStopsAfterWake: since('4.12', 'kick stops after a wake-up'),
  /**
   * Exits that KVM_CAP_X86_DISABLE_EXITS can give to the guest (before 4.17, MWAIT alone by
   * KVM_CAP_X86_GUEST_MWAIT).
   */
  disableExits: row<readonly ('hlt' | 'mwait' | 'pause')[]>(
    'exits that can be disabled',
    ['4.4', []],
    ['4.12', ['mwait']],
    ['4.17', ['hlt', 'mwait', 'pause']],
  ),
  /** AMD AVIC can stand in for APICv. 4.7. */
  avic: since('4.7', 'AMD AVIC'),
} as const;
