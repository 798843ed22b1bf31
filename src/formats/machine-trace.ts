import type { KernelFeatures } from '../machine/kvm/features.ts';
import type { TraceEvent, TraceSample, TraceSlice } from '../machine/trace-collector.ts';

/** A watched run, as the trace formats take it: all of it, or the neighbourhoods of its worst samples. */
export interface MachineTrace {
  /** Name of the scenario. */
  readonly name: string;
  readonly seed: string;
  /** Release of the host kernel, and what it prints. */
  readonly kernel: string;
  readonly features: KernelFeatures;
  readonly tscKhz: number;
  /** CPUs online: one for each vCPU, and one that keeps house when timers are posted. */
  readonly cpus: number;
  /** What measured, by number: cyclictest's threads, or the series of a bare guest. */
  readonly threads: readonly string[];
  /** By host TSC. */
  readonly events: readonly TraceEvent[];
  readonly slices: readonly TraceSlice[];
  readonly samples: readonly TracedSample[];
}

export interface TracedSample extends Omit<TraceSample, 'series'> {
  readonly thread: number;
  /** 1 for the worst of the run, null for a sample that was not looked for. */
  readonly rank: number | null;
}
