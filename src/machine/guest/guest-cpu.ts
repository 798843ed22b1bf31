import type { Cycles } from '../../time.ts';
import type { StageId } from '../costs/stages.ts';
import type { Pcpu } from '../pcpu.ts';

/** What the CPU runs when the timer's interrupt arrives. */
export interface GuestSoftware {
  /** The handler of the timer vector, from the first instruction to the last before IRET. */
  interrupt(): void;
}

/**
 * A CPU as the software on it sees it: virtual under KVM, or real. The guest kernel and the bare test guests are
 * written against this and cannot tell the difference, except by the time it takes.
 */
export interface GuestCpu {
  readonly pcpu: Pcpu;
  /** No hypervisor stands between the software and the CPU. */
  readonly isNative: boolean;
  software: GuestSoftware;
  /** RFLAGS.IF. */
  readonly interruptsEnabled: boolean;
  enableInterrupts(): void;
  disableInterrupts(): void;
  /** Runs a stage of code; interrupts and exits may come in between. */
  run(stage: StageId): void;
  /** Spins until something has happened to the CPU, then returns. */
  spin(stage: StageId): void;
  /** Spins until the guest TSC reaches `tsc`. */
  spinUntil(stage: StageId, tsc: Cycles): void;
  /** HLT, or MWAIT: returns after an interrupt has been served. */
  halt(): void;
  mwait(): void;
  /** RDTSC. */
  readTsc(): Cycles;
  /** Host TSC at which `readTsc` gives `tsc`. */
  hostTscOf(tsc: Cycles): Cycles;
  /** WRMSR IA32_TSC_DEADLINE; RDMSR. */
  writeTscDeadline(deadline: Cycles): void;
  readTscDeadline(): Cycles;
  writeLvtt(value: number): void;
  writeTmict(count: number): void;
  writeTdcr(value: number): void;
  readTmcct(): number;
  endOfInterrupt(): void;
  cpuid(): void;
  hypercall(): void;
}
