import type { ValueKind } from '../../measurement/result-document.ts';

/** A number with its origin: no cost enters the engine without one. */
export interface SourcedValue {
  readonly value: number;
  readonly kind: ValueKind;
  readonly source: string;
}

/** What a cost means and what it may be: the fitter and the loader refuse values outside the bounds. */
export interface CostDeclaration {
  readonly unit: 'cycles' | 'count' | 'per-mille' | 'per-second';
  readonly min: number;
  readonly max: number;
  readonly meaning: string;
}

const cycles = (max: number, meaning: string): CostDeclaration => ({ unit: 'cycles', min: 0, max, meaning });

/** Every cost that a profile states. */
export const COSTS = {
  cycles_per_kilo_instruction: {
    unit: 'cycles',
    min: 200,
    max: 5000,
    meaning: 'Warm code: cycles for 1000 instructions',
  },
  vm_exit: cycles(5000, 'VM exit: world switch from guest to host'),
  vm_entry: cycles(5000, 'VM entry: world switch from host to guest'),
  vm_entry_dirty: cycles(3000, 'Extra cycles of an entry whose VMCS controls were written'),
  event_delivery: cycles(3000, 'Event injection through the IDT at VM entry'),
  virtual_delivery: cycles(3000, 'Virtual interrupt delivery (APICv)'),
  interrupt_delivery: cycles(
    3000,
    'From the deadline of the local APIC timer until the core takes its interrupt',
  ),
  posted_processing: cycles(3000, 'Posted-interrupt processing without an exit'),
  virtual_eoi: cycles(1000, 'EOI under APICv'),
  ipi: cycles(10_000, 'IPI from another CPU until it is recognised'),
  lapic_eoi: cycles(2000, 'EOI of the host LAPIC'),
  lapic_deadline_write: cycles(2000, 'Native WRMSR to IA32_TSC_DEADLINE'),
  nested_transition: cycles(
    100_000,
    'L0 reflects one exit to the L1 hypervisor and emulates the entry after it',
  ),
  miss_cycles: cycles(2000, 'A line from memory instead of from the private caches'),
  lines_per_kilo_instruction: {
    unit: 'count',
    min: 0,
    max: 200,
    meaning: 'Cache lines that 1000 instructions of path touch',
  },
  evictions_per_second: {
    unit: 'per-second',
    min: 0,
    max: 1e6,
    meaning: 'Rate at which a line that is not used leaves the private caches',
  },
  pressure_burst_share: {
    unit: 'per-mille',
    min: 0,
    max: 1000,
    meaning: 'Share of the time in which the neighbours evict more than usual',
  },
  pressure_burst: {
    unit: 'per-mille',
    min: 0,
    max: 100_000,
    meaning: 'By how much more, relative to the usual rate',
  },
  pressure_dwell_us: {
    unit: 'count',
    min: 1,
    max: 1e6,
    meaning: 'How long an eviction rate lasts on average, in µs',
  },
  shared_miss_cycles: cycles(2000, 'A line that another CPU has written since'),
  mitigation_ibrs: cycles(5000, 'IBRS/SPEC_CTRL writes on exit and entry'),
  mitigation_l1d_flush: cycles(10_000, 'L1D flush on entry'),
  mitigation_retpoline: cycles(5000, 'Retpolines on the exit path'),
  mitigation_mds_clear: cycles(5000, 'MDS buffer clear on entry'),
  mitigation_bhi: cycles(5000, 'BHI clearing sequence on exit'),
} as const satisfies Record<string, CostDeclaration>;

export type CostName = keyof typeof COSTS;

/** An idle state of the CPU, shallowest first. */
export interface CState {
  readonly name: 'c1' | 'c1e' | 'c3' | 'c6';
  readonly exit_latency_us: SourcedValue;
  readonly target_residency_us: SourcedValue;
}

/** One CPU model: what it is and what things cost on it. */
export interface CostProfile {
  readonly name: string;
  readonly description: string;
  readonly cpu: {
    readonly model: string;
    readonly vendor: 'intel' | 'amd';
    /** CPUID.1:EAX as "0x000306F2". */
    readonly signature: string;
    readonly tsc_khz: SourcedValue;
    /** IA32_VMX_MISC[4:0]; null where there is no preemption timer. */
    readonly preemption_timer_rate_shift: SourcedValue | null;
    readonly apicv: boolean;
    readonly tsc_scaling: boolean;
    readonly tsc_deadline: boolean;
  };
  readonly cstates: readonly CState[];
  readonly costs: { readonly [Name in CostName]: SourcedValue };
  /** Path lengths that differ from those of the stage table. */
  readonly stages?: { readonly [stage: string]: SourcedValue };
  /** How the profile was made: command line and inputs of the fit; absent for hand-made ones. */
  readonly made_by?: { readonly command: string; readonly inputs: readonly string[] };
}
