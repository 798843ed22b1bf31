import type { Cycles, Nanoseconds } from '../time.ts';
import type { CostProfile } from './costs/profile.ts';
import type { GuestFeatures } from './guest/features.ts';
import type { KernelFeatures } from './kvm/features.ts';

/**
 * A machine as the engine takes it: everything decided, nothing left to look up. The scenario room derives it from a
 * resolved scenario; here are only facts that change what happens.
 */
export interface MachineConfig {
  readonly profile: CostProfile;
  readonly seed: string;
  /** How long the machines before it have run, of a run that is cut into blocks. */
  readonly elapsedNs: Nanoseconds;
  readonly features: KernelFeatures;
  readonly virtualization: 'kvm' | 'bare-metal' | 'nested';
  readonly host: HostConfig;
  readonly kvm: KvmConfig;
  readonly vcpus: readonly VcpuConfig[];
  readonly guest: GuestConfig;
}

export interface NoiseConfig {
  readonly perSecond: number;
  readonly minCycles: Cycles;
  readonly maxCycles: Cycles;
}

export interface HostConfig {
  readonly tscKhz: number;
  readonly hz: number;
  readonly preempt: 'none' | 'voluntary' | 'full' | 'rt';
  readonly mitigationExitCycles: Cycles;
  readonly mitigationEntryCycles: Cycles;
  readonly memoryPressure: number;
  readonly skewTick: boolean;
  /** Idle states that may be entered, shallowest first; empty: the idle loop polls. */
  readonly cstates: readonly { readonly exitCycles: Cycles; readonly residencyNs: Nanoseconds }[];
  readonly housekeepingLoad: number;
  /** sysctl kernel.timer_migration: a timer that is not pinned may be queued on a housekeeping CPU. */
  readonly timerMigration: boolean;
  readonly noise: {
    readonly smi: NoiseConfig | null;
    readonly rcu: NoiseConfig | null;
    readonly ipi: NoiseConfig | null;
  };
}

export interface KvmConfig {
  /** AMD SVM instead of VMX: no preemption timer, other exit names, interrupts taken after STGI. */
  readonly vendor: 'intel' | 'amd';
  readonly enableApicv: boolean;
  readonly pvEoi: boolean;
  /** kvm_can_use_hv_timer: null when the hv timer is usable, else the reason why not. */
  readonly hvTimerUnusable: string | null;
  readonly rateShift: number;
  /** Posted timer interrupts in effect for this VM (kvm_can_post_timer_interrupt). */
  readonly postedTimer: boolean;
  /** -1 adaptive, 0 off, > 0 fixed. */
  readonly lapicTimerAdvanceNs: number;
  readonly haltPollNs: Nanoseconds;
  readonly haltPollNsGrow: number;
  readonly haltPollNsGrowStart: Nanoseconds;
  readonly haltPollNsShrink: number;
  readonly minTimerPeriodUs: number;
  readonly apicBusCycleNs: number;
  readonly haltInGuest: boolean;
  readonly mwaitInGuest: boolean;
}

export interface CompetitorConfig {
  readonly name: string;
  /** SCHED_FIFO priority, 0 for SCHED_OTHER. */
  readonly priority: number;
  readonly periodCycles: Cycles;
  readonly runCycles: Cycles;
}

export interface VcpuConfig {
  readonly pinned: boolean;
  readonly migrationsPerSecond: number;
  /** SCHED_FIFO priority of the vCPU thread, 0 for SCHED_OTHER. */
  readonly priority: number;
  /** The pCPU is in the nohz_full set, whatever its tick does at the moment. */
  readonly nohzFull: boolean;
  /** Rate of the host tick while the vCPU thread runs: HZ, under nohz_full 1 before 4.17 and 0 since. */
  readonly tickHz: number;
  /** What may run here besides the vCPU thread: an isolated CPU is left alone by what is not bound to it. */
  readonly competitors: readonly CompetitorConfig[];
  readonly kworker: NoiseConfig | null;
  /** The core's other hyperthread runs something. */
  readonly siblingBusy: boolean;
}

export interface GuestConfig {
  readonly idle: 'poll' | 'hlt' | 'mwait';
  readonly busy: boolean;
  readonly tscKhz: number;
  readonly tscScaled: boolean;
  readonly tscOffset: Cycles;
  readonly ntpPpm: number;
  readonly hz: number;
  readonly nohz: 'off' | 'idle' | 'full';
  readonly preempt: 'none' | 'voluntary' | 'full' | 'rt';
  readonly skewTick: boolean;
  readonly clocksource: 'tsc' | 'kvm-clock';
  readonly features: GuestFeatures;
  readonly noise: { readonly softirq: NoiseConfig | null; readonly irqsOff: NoiseConfig | null };
}
