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
  'kvm.handle_exit': stage('kvm', 48, `${lab}: vmx_handle_exit`),
  'kvm.emulate_wrmsr': stage('kvm', 200, `${lab}: kvm_emulate_wrmsr … kvm_set_msr_common (278…489)`),
  'kvm.skip_instruction': stage('kvm', 158, `${lab}: kvm_complete_insn_gp … (1183…1341)`),
  'kvm.emulate_cpuid': stage('kvm', 250, assumed),
  'kvm.emulate_hypercall': stage('kvm', 180, assumed),

  // KVM: the LAPIC timer
  'kvm.set_tscdeadline_msr': stage('kvm', 59, `${lab}: kvm_set_lapic_tscdeadline_msr (489…548)`),
  'kvm.restart_apic_timer': stage('kvm', 59, `${lab}: __start_apic_timer … start_sw_timer (548…607)`),
  'kvm.start_hv_timer': stage('kvm', 211, `${lab}: start_hv_timer, vmx_set_hv_timer (234…445)`),
  'kvm.start_sw_timer': stage('kvm', 57, `${lab}: start_sw_timer to the host clock read (607…664)`),
  'kvm.start_sw_timer_convert': stage('kvm', 42, `${lab}: host clock read to guest TSC read (664…706)`),
  'kvm.expired_hv_timer': stage('kvm', 125, `${lab}: kvm_lapic_expired_hv_timer, cancel_hv_timer (138…263)`),
  'kvm.write_timer_register': stage('kvm', 85, `${lab}: one-shot arm less deadline arm`),
  'kvm.set_target_expiration': stage('kvm', 150, `${lab}: one-shot arm less deadline arm`),
  'kvm.advance_periodic': stage('kvm', 320, `${lab}: periodic expiry less one-shot expiry`),
  'kvm.switch_to_sw_timer': stage('kvm', 21, `${lab}: kvm_lapic_switch_to_sw_timer (643…664)`),
  'kvm.switch_to_hv_timer': stage('kvm', 55, `${lab}: kvm_lapic_switch_to_hv_timer (62826…62881)`),

  // KVM: interrupts and the run loop
  'kvm.set_eoi': stage('kvm', 172, `${lab}: kvm_lapic_reg_write, apic_set_eoi (472…644)`),
  'kvm.pv_eoi_sync': stage('kvm', 210, 'derived: apic_set_eoi and the read of the shared flag'),
  'kvm.virtual_eoi': stage('hardware', 0, 'profile', 'virtual_eoi'),
  'kvm.run_loop': stage('kvm', 52, `${lab}: pending-timer check to vmx_prepare_switch_to_guest (1341…1393)`),
  'kvm.deliver_timer_irq': stage(
    'kvm',
    141,
    `${lab}: kvm_inject_apic_timer_irqs, __apic_accept_irq (361…502)`,
  ),
  'kvm.event_check': stage('kvm', 376, `${lab}: KVM_REQ_EVENT with nothing to inject (802…1230 less 52)`),
  'kvm.inject_irq': stage(
    'kvm',
    685,
    `${lab}: kvm_get_apic_interrupt, vmx_inject_irq (813…1615 less the check)`,
  ),
  'kvm.open_irq_window': stage('kvm', 60, assumed),
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
  'kvm.vcpu_run': stage('kvm', 98, `${lab}: vmx_vcpu_run to the hv timer (629…727)`),
  'kvm.update_hv_timer': stage('kvm', 13, `${lab}: vmx_update_hv_timer to its TSC read (727…740)`),
  'kvm.enter_guest': stage('kvm', 166, `${lab}: TSC read to VMRESUME (740…906)`),
  'kvm.wait_lapic_expire': stage('kvm', 0, 'engine: spins until the deadline'),
  'kvm.adjust_advance': stage('kvm', 40, assumed),

  // KVM: blocking
  'kvm.emulate_halt': stage('kvm', 165, `${lab}: kvm_emulate_halt (261…426)`),
  'kvm.vcpu_block': stage('kvm', 217, `${lab}: runnable checks (426…643)`),
  'kvm.vcpu_halt': stage('kvm', 78, `${lab}: kvm_vcpu_halt (1213…1291)`),
  'kvm.check_block': stage('kvm', 256, `${lab}: kvm_vcpu_check_block (62470…62726)`),
  'kvm.halt_poll': stage('kvm', 0, 'engine: polls until woken'),
  'kvm.unblock': stage('kvm', 100, `${lab}: after the wake-up (62726…62826)`),
  'kvm.runnable_again': stage('kvm', 650, `${lab}: second pass through the run loop after a block`),

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
  'host.hrtimer_start': stage('host', 213, `${lab}: hrtimer_start_range_ns (723…941)`),
  'host.hrtimer_reprogram': stage('host', 85, `${lab}: hrtimer_reprogram to the clock read (941…1026)`),
  'host.hrtimer_start_exit': stage('host', 102, `${lab}: after the WRMSR (1081…1183)`),
  'host.hrtimer_cancel': stage(
    'host',
    366,
    `${lab}: re-arm of an armed hrtimer less a first arm (2146 - 1780)`,
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
  'host.wakeup': stage('host', 1071, `${lab}: try_to_wake_up (59741…60812)`),
  'host.schedule_out': stage('host', 2054, `${lab}: schedule, kvm_sched_out, switch (1557…3611)`),
  'host.idle_entry': stage('host', 946, `${lab}: do_idle to MWAIT (3611…4557)`),
  'host.idle': stage('host', 0, 'engine: the pCPU idles'),
  'host.idle_exit': stage('host', 239, `${lab}: irq_exit to schedule_idle (61072…61311)`),
  'host.switch_to_vcpu': stage('host', 950, `${lab}: __schedule, switch, finish (61311…62261)`),
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
  'guest.wakeup': stage('guest', 1300, split),
  'guest.tick': stage('guest', 1780, split),
  'guest.next_event': stage('guest', 172, split),
  'guest.program_deadline': stage('guest', 55, split),
  'guest.irq_exit': stage('guest', 123, split),
  'guest.softirq': stage('guest', 700, assumed),
  'guest.nohz_restart': stage('guest', 350, assumed),
  'guest.sched_switch': stage('guest', 1000, split),
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
  'guest.bare_loop': stage('guest', 9, `${lab}: the bare guest's loop`),
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
