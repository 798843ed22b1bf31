import type { Measurement } from './measurement.ts';

export const RESULT_DOCUMENT = 'kvmtimer-result';
export const RESULT_SCHEMA_VERSION = 1;

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** How far a number may be trusted; every number kvmtimer shows is one of these. */
export type ValueKind = 'published' | 'measured' | 'lab' | 'derived' | 'calibrated' | 'assumed';

/**
 * The complete result of one run, simulated or really measured: the one document that `run`, `record` and
 * `import` write and that `compare`, `gate`, `explain` and `fit` read. Serialized with `serializeResult`, it is
 * the same bytes for the same scenario, seed and version.
 */
export interface ResultDocument {
  readonly document: typeof RESULT_DOCUMENT;
  readonly schema_version: number;
  readonly kvmtimer_version: string;
  readonly name: string;
  readonly origin: 'simulated' | 'measured' | 'published';
  /** True when the run was interrupted: everything below describes the part that was done. */
  readonly partial: boolean;
  /** The resolved scenario of a simulated run (the value that `scenario_hash` is the SHA-256 of), else null. */
  readonly scenario: { readonly [key: string]: Json } | null;
  readonly scenario_hash: string | null;
  readonly seed: string | null;
  /** Warnings of the resolution (a knob that the machine does not have) and facts of a measured machine. */
  readonly warnings: readonly string[];
  readonly facts: { readonly [key: string]: Json } | null;
  readonly measurements: readonly ThreadResult[];
}

/** A measurement with what only a simulated run can say. */
export interface ThreadResult extends Measurement {
  /** Exact figures in host TSC cycles; null for imported results. */
  readonly cycles: {
    readonly tsc_khz: number;
    readonly min: number;
    readonly max: number;
    readonly sum: number;
  } | null;
  /** Mean cycles per sample of each stage between deadline and clock read; they add up to the mean latency. */
  readonly ledger: readonly LedgerEntry[] | null;
  /** The worst samples, worst first, each with its own exact ledger. */
  readonly worst: readonly WorstSample[] | null;
  /** 0-based cycle numbers of the samples beyond the text histogram, in order, at most as many as it has rows. */
  readonly overflow_cycles: readonly number[] | null;
}

export interface LedgerEntry {
  readonly stage: string;
  readonly owner: 'guest' | 'kvm' | 'host' | 'hardware';
  /** Total cycles over all samples. */
  readonly cycles: number;
}

export interface WorstSample {
  /** 0-based cycle number of the sample in its thread. */
  readonly cycle: number;
  readonly latency_cycles: number;
  readonly latency_ns: number;
  /** `[stage, cycles]` in order of time; they add up to `latency_cycles`. */
  readonly path: readonly (readonly [stage: string, cycles: number])[];
}
