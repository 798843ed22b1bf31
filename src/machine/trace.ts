import type { Cycles, Nanoseconds } from '../time.ts';
import type { StageId } from './costs/stages.ts';
import type { Execution } from './execution.ts';
import type { LatencyRecorder } from './latency-recorder.ts';

/** Tracepoints of the host kernel that the engine can report, each with its folder in /sys/kernel/tracing/events. */
export const TRACE_POINTS = {
  kvm_entry: 'kvm',
  kvm_exit: 'kvm',
  kvm_msr: 'kvm',
  kvm_apic: 'kvm',
  kvm_hv_timer_state: 'kvm',
  kvm_apic_accept_irq: 'kvm',
  kvm_apicv_accept_irq: 'kvm',
  kvm_inj_virq: 'kvm',
  kvm_eoi: 'kvm',
  kvm_pv_eoi: 'kvm',
  kvm_wait_lapic_expire: 'kvm',
  kvm_halt_poll_ns: 'kvm',
  kvm_vcpu_wakeup: 'kvm',
  kvm_hypercall: 'kvm',
  kvm_cpuid: 'kvm',
  hrtimer_start: 'timer',
  hrtimer_cancel: 'timer',
  hrtimer_expire_entry: 'timer',
  hrtimer_expire_exit: 'timer',
  local_timer_entry: 'irq_vectors',
  local_timer_exit: 'irq_vectors',
  sched_switch: 'sched',
  sched_wakeup: 'sched',
} as const;
export type TracePoint = keyof typeof TRACE_POINTS;

/** Fields of one event, as numbers and words; the format decides how they read. */
export type TraceFields = Readonly<Record<string, number | string>>;

/**
 * Watches one lane of a machine. The engine asks `observer !== null` before it builds an event, so that a run that
 * nobody watches pays one comparison.
 */
export interface Observer {
  event(tsc: Cycles, point: TracePoint, fields: TraceFields): void;
  /** One stage has ended; it began where the one before it ended. */
  stage(stage: StageId, end: Cycles): void;
  /** The next sample of `series`, whose path began at host TSC `begin` and ends with the stage that ended last. */
  sample?(series: LatencyRecorder, begin: Cycles, latencyNs: Nanoseconds): void;
}

/** Watches a whole machine: gives each lane the observer that hears its events, null for a lane left alone. */
export interface Tracer {
  observe(lane: number, execution: Execution): Observer | null;
}
