import type { LedgerEntry } from '../../measurement/result-document.ts';

/**
 * The stages that a cycle may belong to. Path lengths are instructions of Linux 6.1, counted function by function in
 * KVM and the timer code of an unmodified Debian kernel run under an emulator that executes one instruction per TSC
 * tick (kvm.ko path lengths, 2026; the ranges in parentheses are its positions after the VM exit). A stage costs
 * its instructions at the profile's cycles per instruction, the hardware cycles it names, and cache misses.
 */
export type Owner = LedgerEntry['owner'];

export interface StageRow {
  readonly owner: Owner;
  /** Warm path length, instructions. */
  readonly instructions: number;
  /** Cycles of hardware that instruction counts do not show: name of a profile value. */
  readonly hardware: string | null;
  /** Cache lines that the housekeeping CPU writes on each of its ticks and that this stage reads. */
  readonly sharedLines: number;
  /** Where the count comes from. */
  readonly source: string;
}

const lab = 'lab: Linux 6.1';
const split = 'derived: lab total of the Linux guest, split by function as the same code runs in the host';
const assumed = 'assumed';

function stage(
  owner: Owner,
  instructions: number,
  source: string,
  hardware: string | null = null,
  sharedLines = 0,
): StageRow {
  return { owner, instructions, hardware, sharedLines, source };
}

export const STAGES = {
  // Hardware
  'hardware.vm_exit': stage('hardware', 0, 'profile', 'vm_exit'),
  'hardware.vm_entry': stage('hardware', 0, 'profile', 'vm_entry'),
  'hardware.vm_entry_dirty': stage('hardware', 0, 'profile', 'vm_entry_dirty'),
  'hardware.event_delivery': stage('hardware', 0, 'profile', 'event_delivery'),
  'hardware.virtual_delivery': stage('hardware', 0, 'profile', 'virtual_delivery'),
  'hardware.interrupt_delivery': stage('hardware', 0, 'profile', 'interrupt_delivery'),
  'hardware.posted_processing': stage('hardware', 0, 'profile', 'posted_processing'),
  'hardware.ipi': stage('hardware', 0, 'profile', 'ipi'),
  'hardware.cstate_exit': stage('hardware', 0, 'C-state table of the profile'),
  'hardware.smi': stage('hardware', 0, 'scenario: host.noise.smi'),
  'hardware.nested': stage('hardware', 0, 'profile', 'nested_transition'),
  'hardware.nested_timer': stage(
    'hardware',
    710,
    "derived: the host's timer interrupt (116 + 66 + 173 + 172 + 60 + 123), as L0 runs it",
    'lapic_eoi',
  ),
  /** From the guest's deadline until the armed timer interrupts: quantisation and the start of the count. */
  'hardware.timer_lateness': stage('hardware', 0, 'engine: arithmetic of the timer'),
  'hardware.mitigations_exit': stage('hardware', 0, 'profile', 'mitigations_exit'),
  'hardware.mitigations_entry': stage('hardware', 0, 'profile', 'mitigations_entry'),

  // KVM: exit side
  'kvm.exit_tail': stage('kvm', 138, `${lab}: __vmx_vcpu_run … exit fastpath (0…138)`),
  'kvm.fastpath_none': stage('kvm', 28, `${lab}: no fastpath for this exit (138…166)`),
  'kvm.fastpath_wrmsr_none': stage('kvm', 45, `${lab}: WRMSR fastpath looks and declines (138…183)`),
  'kvm.fastpath_wrmsr': stage('kvm', 37, `${lab}: handle_fastpath_set_msr_irqoff (138…175)`),
  'kvm.fastpath_reenter': stage('kvm', 184, `${lab}: skip instruction, exit request check (445…629)`),
  'kvm.handle_exit_irqoff': stage('kvm', 50, `${lab}: vmx_handle_exit_irqoff`),
  'kvm.handle_exit': stage('kvm', 37, `${lab}: vmx_handle_exit to the handler (233…270)`),
  'kvm.handler_skipped': stage('kvm', 11, `${lab}: vmx_handle_exit after a fastpath (313…361), the excess`),
  'kvm.handle_external_interrupt': stage('kvm', 22, `${lab}: vmx_handle_exit (1071…1130), the excess`),
  'kvm.handle_interrupt_window': stage('kvm', 43, `${lab}: latency of a deadline in the past less its arm`),
  'kvm.emulate_wrmsr': stage('kvm', 188, `${lab}: kvm_emulate_wrmsr … kvm_x2apic_msr_write (270…458)`),
  'kvm.msr_outside_x2apic': stage(
    'kvm',
    64,
    `${lab}: MSR filter under SRCU, return through kvm_set_msr (278…489, 1142…1183), the excess`,
  ),
  'kvm.skip_instruction': stage('kvm', 158, `${lab}: kvm_complete_insn_gp … (1183…1341)`),
  'kvm.emulate_cpuid': stage('kvm', 250, assumed),
  'kvm.emulate_hypercall': stage('kvm', 180, assumed),

  // KVM: the LAPIC timer
  'kvm.set_tscdeadline_msr': stage('kvm', 59, `${lab}: kvm_set_lapic_tscdeadline_msr (489…548)`),
  'kvm.restart_apic_timer': stage('kvm', 59, `${lab}: __start_apic_timer … start_sw_timer (548…607)`),
  'kvm.start_hv_timer': stage('kvm', 211, `${lab}: start_hv_timer, vmx_set_hv_timer (234…445)`),
  'kvm.start_hv_timer_unconverted': stage(
    'kvm',
    136,
    'derived: start_hv_timer less vmx_set_hv_timer (300…375)',
  ),
  'kvm.start_sw_timer': stage('kvm', 57, `${lab}: start_sw_timer to the host clock read (607…664)`),
  'kvm.start_sw_timer_convert': stage('kvm', 42, `${lab}: host clock read to guest TSC read (664…706)`),
  'kvm.start_sw_timer_zero': stage('kvm', 52, `${lab}: disarming, less what it shares with arming`),
  'kvm.start_sw_period': stage('kvm', 50, `${lab}: one-shot arm by hrtimer less that by hv timer`),
  'kvm.cancel_hv_timer': stage('kvm', 19, `${lab}: cancel_hv_timer in start_sw_timer (664…683)`),
  'kvm.expired_at_arm': stage('kvm', 101, `${lab}: past deadline: apic_timer_expired, cancel_hv_timer`),
  'kvm.expired_hv_timer': stage('kvm', 125, `${lab}: kvm_lapic_expired_hv_timer, cancel_hv_timer (138…263)`),
  'kvm.write_timer_register': stage(
    'kvm',
    115,
    `${lab}: one-shot latency less deadline latency: to the TSC read`,
  ),
  'kvm.set_target_expiration': stage('kvm', 143, `${lab}: one-shot arm less the rest`),
  'kvm.advance_periodic': stage('kvm', 142, `${lab}: periodic expiry less one-shot expiry`),
  'kvm.switch_to_sw_timer': stage('kvm', 6, `${lab}: kvm_lapic_switch_to_sw_timer (643…649)`),
  'kvm.switch_to_hv_timer': stage('kvm', 16, `${lab}: kvm_lapic_switch_to_hv_timer (62826…62842)`),

  // KVM: interrupts and the run loop
  'kvm.set_eoi': stage('kvm', 186, `${lab}: kvm_x2apic_msr_write, apic_set_eoi (458…644)`),
  'kvm.pv_eoi_sync': stage('kvm', 210, 'derived: apic_set_eoi and the read of the shared flag'),
  'kvm.virtual_eoi': stage('hardware', 0, 'profile', 'virtual_eoi'),
  'kvm.run_loop': stage('kvm', 52, `${lab}: pending-timer check to vmx_prepare_switch_to_guest (1341…1393)`),
  'kvm.deliver_timer_irq': stage(
    'kvm',
    191,
    `${lab}: kvm_inject_apic_timer_irqs, __apic_accept_irq (361…626 less the check, 802…876)`,
  ),
  'kvm.event_check': stage('kvm', 376, `${lab}: KVM_REQ_EVENT with nothing to inject (802…1230 less 52)`),
  'kvm.inject_irq': stage(
    'kvm',
    630,
    `${lab}: kvm_get_apic_interrupt, vmx_inject_irq (361…1615 less delivery and checks)`,
  ),
  'kvm.open_irq_window': stage('kvm', 310, `${lab}: past deadline armed with interrupts off`),
  'kvm.sync_pir_to_irr': stage('kvm', 120, assumed),
  'kvm.guest_extras': stage(
    'kvm',
    137,
    'derived: lab traces, entry of a Linux guest less that of a bare one',
  ),
  'kvm.prepare_switch': stage('kvm', 123, `${lab}: vmx_prepare_switch_to_guest (1393…1516)`),
  'kvm.reload_host_state': stage(
    'kvm',
    187,
    `${lab}: vmx_prepare_switch_to_guest after a switch, the excess`,
  ),
  'kvm.vcpu_run': stage('kvm', 105, `${lab}: vmx_vcpu_run to the hv timer (629…734)`),
  'kvm.update_hv_timer': stage('kvm', 6, `${lab}: vmx_update_hv_timer to its TSC read (734…740)`),
  'kvm.convert_hv_deadline': stage('kvm', 75, 'derived: vmx_set_hv_timer (300…375), on entry'),
  'kvm.check_hv_expiry': stage(
    'kvm',
    29,
    'derived: a comparison with the guest TSC, kvm_read_l1_tsc (694…723)',
  ),
  'kvm.load_hv_timer': stage('kvm', 15, `${lab}: count computed and written (906 - 740 - 151)`),
  'kvm.soft_disable_hv_timer': stage('kvm', 7, `${lab}: disabled count written (1738…1856 less 629…740)`),
  'kvm.enter_guest': stage('kvm', 151, `${lab}: kvm_wait_lapic_expire to VMRESUME (755…906)`),
  'kvm.wait_lapic_expire': stage('kvm', 0, 'engine: spins until the deadline'),
  'kvm.adjust_timer_advance': stage(
    'kvm',
    10,
    `${lab}: late wake-ups, adaptive less fixed advance (0 to 10)`,
  ),
  'kvm.wait_lapic_expire_exit': stage('kvm', 55, `${lab}: latency under a fixed advance less the entry`),

  // KVM: blocking
  'kvm.emulate_halt': stage('kvm', 173, `${lab}: kvm_emulate_halt (253…426)`),
  'kvm.vcpu_block': stage('kvm', 217, `${lab}: runnable checks (426…643)`),
  'kvm.vcpu_halt': stage('kvm', 98, `${lab}: kvm_vcpu_halt (1203…1291) and 10 of kvm_vcpu_block`),
  'kvm.check_block': stage('kvm', 256, `${lab}: kvm_vcpu_check_block (62470…62726)`),
  'kvm.halt_poll': stage('kvm', 0, 'engine: polls until woken'),
  'kvm.poll_hit': stage('kvm', 119, `${lab}: halt polling, wake-up noticed; row less the common path`),
  'kvm.unblock': stage('kvm', 100, `${lab}: after the wake-up (62726…62826)`),
  'kvm.unblock_check': stage('kvm', 202, `${lab}: not runnable yet, back to the run loop (62842…63022)`),
  'kvm.runnable': stage('kvm', 305, `${lab}: vcpu_block finds the vCPU runnable; past deadline with HLT`),
  'kvm.after_sleep': stage('kvm', 160, `${lab}: work on return to the guest (63251…63394), steal time`),

  // Host kernel
  'host.irq_entry': stage('host', 116, `${lab}: interrupt entry to hrtimer_interrupt (204…320)`, 'lapic_eoi'),
  'host.hrtimer_interrupt': stage(
    'host',
    66,
    `${lab}: hrtimer_interrupt to its clock read (320…386); shared: the timekeeper`,
    null,
    3,
  ),
  'host.run_hrtimer': stage('host', 173, `${lab}: __hrtimer_run_queues to the callback (386…559)`),
  'host.apic_timer_fn': stage('host', 139, `${lab}: apic_timer_fn, kick (559…698)`),
  'host.next_event': stage('host', 172, `${lab}: hrtimer_update_next_event to the clock read (698…870)`),
  'host.write_deadline': stage('host', 60, `${lab}: clock read to WRMSR (870…930)`, 'lapic_deadline_write'),
  'host.irq_exit': stage('host', 123, `${lab}: irq_exit_rcu, iret (930…1053)`),
  'host.hrtimer_start': stage('host', 235, `${lab}: hrtimer_start_range_ns (706…941)`),
  'host.hrtimer_reprogram': stage('host', 85, `${lab}: hrtimer_reprogram to the clock read (941…1026)`),
  'host.hrtimer_start_exit': stage('host', 56, `${lab}: after the WRMSR (1147…1203)`),
  'host.hrtimer_cancel': stage('host', 110, `${lab}: arm after a far hrtimer less a first arm (1892 - 1780)`),
  'host.hrtimer_force_reprogram': stage(
    'host',
    196,
    `${lab}: re-arm of the earliest hrtimer (2146 - 1780) less the cancel and the WRMSR`,
  ),
  'host.tick': stage('host', 1780, 'derived: lab traces, tick_sched_timer less its tracepoints'),
  /** tick_nohz_irq_exit: on a nohz_full CPU each interrupt looks again whether the tick may stay stopped. */
  'host.nohz_full_irq_exit': stage(
    'host',
    1600,
    `${assumed}; shared: jiffies, timer bases, RCU state`,
    null,
    5,
  ),
  'host.softirq': stage('host', 2500, 'derived: lab traces, softirqs after a tick'),
  'host.wakeup': stage('host', 1001, `${lab}: apic_timer_fn that wakes (59672…60812) less one that does not`),
  'host.schedule_out': stage('host', 2054, `${lab}: schedule, kvm_sched_out, switch (1557…3611)`),
  'host.idle_entry': stage('host', 946, `${lab}: do_idle to MWAIT (3611…4557)`),
  'host.idle': stage('host', 0, 'engine: the pCPU idles'),
  'host.idle_wake': stage('host', 230, `${lab}: MWAIT to the interrupt (59087…59433) less its usual entry`),
  'host.idle_exit': stage('host', 144, `${lab}: interrupt's return to schedule_idle (61167…61311)`),
  'host.switch_to_vcpu': stage('host', 950, `${lab}: __schedule, switch, finish (61311…62261)`),
  'host.update_load_average': stage(
    'host',
    48,
    `${lab}: one HLT wake-up in 15 is 48 longer, as often as a load period of 1024 µs begins`,
  ),
  'host.vcpu_load': stage('host', 209, `${lab}: kvm_sched_in, vmx_vcpu_load (62261…62470)`),
  'host.migrate_thread': stage('host', 3500, assumed),
  'host.competitor': stage('host', 0, 'scenario: vcpus.pcpu.competitors'),
  'host.softirqd_hop': stage('host', 3200, assumed),
  'host.ipi': stage('host', 400, assumed),
  'host.rcu': stage('host', 0, 'scenario: host.noise.rcu'),
  'host.kworker': stage('host', 0, 'scenario: host.noise.kworker'),
  'host.housekeeping': stage('host', 0, 'scenario: host.housekeeping_load'),

  // Guest kernel and thread
  'guest.idle': stage('guest', 0, 'engine: the guest waits'),
  'guest.busy': stage('guest', 0, 'engine: another guest thread runs'),
  'guest.irq_entry': stage('guest', 110, split),
  'guest.eoi': stage('guest', 23, split),
  'guest.hrtimer_interrupt': stage('guest', 66, split),
  'guest.run_hrtimer': stage('guest', 173, split),
  'guest.softirqd_hop': stage('guest', 3200, assumed),
  'guest.wakeup': stage('guest', 1386, split),
  'guest.tick': stage('guest', 1780, split),
  'guest.next_event': stage('guest', 172, split),
  'guest.program_deadline': stage('guest', 55, split),
  'guest.irq_exit': stage('guest', 123, split),
  'guest.softirq': stage('guest', 700, assumed),
  'guest.nohz_restart': stage('guest', 350, assumed),
  'guest.sched_switch': stage('guest', 1000, split),
  'guest.preempt_user': stage(
    'guest',
    129,
    `${lab}: cyclictest beside a busy loop less idle=poll (7290 - 7161)`,
  ),
  'guest.syscall_return': stage('guest', 350, split),
  'guest.signal_delivery': stage('guest', 1500, assumed),
  'guest.clock_read': stage('guest', 230, split),
  'guest.user_loop': stage('guest', 290, split),
  'guest.nanosleep': stage('guest', 400, split),
  'guest.hrtimer_start': stage('guest', 218, split),
  'guest.reprogram': stage('guest', 85, split),
  'guest.schedule': stage('guest', 800, split),
  'guest.noise': stage('guest', 0, 'scenario: guest.noise'),
  'guest.bare_handler': stage('guest', 17, `${lab}: the bare guest's handler`),
  'guest.bare_loop': stage('guest', 33, `${lab}: the bare guest from its IRET to its next RDTSC (41 - 8)`),
  'guest.bare_arm': stage('guest', 8, `${lab}: the bare guest from its RDTSC to its WRMSR`),
  'guest.bare_spin': stage(
    'guest',
    0,
    'engine: the bare guest spins, until its handler has run or for a time',
  ),
  'guest.bare_record': stage('guest', 13, `${lab}: the bare guest's RDTSC to its STI`),
  'guest.native_deadline_write': stage('hardware', 0, 'profile', 'lapic_deadline_write'),
  'guest.native_eoi': stage('hardware', 0, 'profile', 'lapic_eoi'),
} as const satisfies Record<string, StageRow>;

export type StageName = keyof typeof STAGES;
export type StageId = number;

export const STAGE_NAMES = Object.keys(STAGES) as readonly StageName[];

/** Stage name to its small integer: what the engine passes around. */
export const Stage = Object.freeze(Object.fromEntries(STAGE_NAMES.map((name, id) => [name, id]))) as {
  readonly [Name in StageName]: StageId;
};
