import type { Cycles } from '../time.ts';

/** Tracepoints of the host kernel that the engine can report; names as in /sys/kernel/tracing/events. */
export type TracePoint =
  | 'kvm_entry'
  | 'kvm_exit'
  | 'kvm_msr'
  | 'kvm_apic'
  | 'kvm_hv_timer_state'
  | 'kvm_apic_accept_irq'
  | 'kvm_inj_virq'
  | 'kvm_eoi'
  | 'kvm_pv_eoi'
  | 'kvm_wait_lapic_expire'
  | 'kvm_halt_poll_ns'
  | 'kvm_vcpu_wakeup'
  | 'kvm_hypercall'
  | 'kvm_cpuid'
  | 'hrtimer_start'
  | 'hrtimer_cancel'
  | 'hrtimer_expire_entry'
  | 'hrtimer_expire_exit'
  | 'local_timer_entry'
  | 'local_timer_exit'
  | 'sched_switch'
  | 'sched_wakeup';

/** Fields of one event, as numbers and words; the format decides how they read. */
export type TraceFields = Readonly<Record<string, number | string | bigint>>;

/**
 * Watches a machine. The engine asks `observer !== null` before it builds an event, so that a run that nobody
 * watches pays one comparison.
 */
export interface Observer {
  event(tsc: Cycles, point: TracePoint, fields: TraceFields): void;
  /** One stage has ended. */
  stage?(stage: number, end: Cycles): void;
}
