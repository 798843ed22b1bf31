import type { Cycles } from '../time.ts';

/** What runs on the machine and measures; the scenario room derives it from the scenario. */
export type WorkloadConfig = CyclictestConfig | TscdeadlineLatencyConfig | VmexitConfig | LapicTimerConfig;

export interface CyclictestConfig {
  readonly tool: 'cyclictest';
  /** Thread k runs on vCPU k modulo their number. */
  readonly threads: readonly CyclictestThreadConfig[];
  /** Loops of the thread that gets there first; the run ends with it. */
  readonly loops: number;
  readonly histogramUs: number;
  readonly relative: boolean;
  readonly posixTimers: boolean;
}

export interface CyclictestThreadConfig {
  readonly priority: number;
  readonly intervalNs: number;
}

export interface TscdeadlineLatencyConfig {
  readonly tool: 'tscdeadline_latency';
  readonly deltaCycles: Cycles;
  readonly loops: number;
  readonly wait: 'hlt' | 'poll';
}

export interface VmexitConfig {
  readonly tool: 'vmexit';
  readonly test: 'tscdeadline' | 'tscdeadline_immed' | 'cpuid' | 'vmcall';
  readonly loops: number;
}

export interface LapicTimerConfig {
  readonly tool: 'lapic_timer';
  readonly action:
    | 'deadline'
    | 'past'
    | 'disarm'
    | 'rearm-earlier'
    | 'far'
    | 'masked'
    | 'oneshot'
    | 'periodic';
  readonly wait: 'poll' | 'hlt';
  readonly deltaCycles: Cycles;
  readonly loops: number;
}
