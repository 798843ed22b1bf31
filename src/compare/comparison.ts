import type { Json } from '../measurement/result-document.ts';
import type { Change } from './change.ts';
import type { Estimate } from './estimate.ts';
import type { Metric } from './metric.ts';
import type { TestResult } from './statistics/counts.ts';
import type { MannWhitneyResult } from './statistics/mann-whitney.ts';

/** The complete result of a comparison: every report is made of it and adds nothing to it. */
export interface Comparison {
  readonly confidence: number;
  readonly alpha: number;
  /** "samples": all loops of a side are one sample; "repetitions": each run of a side is one observation. */
  readonly basis: 'samples' | 'repetitions';
  readonly sides: readonly ComparedSide[];
  /** What the sides differ in, as declared. */
  readonly varied: readonly {
    path: string;
    label: string;
    before: Json | undefined;
    after: Json | undefined;
  }[];
  readonly threads: readonly ThreadComparison[];
  readonly footnotes: readonly string[];
}

export interface ComparedSide {
  readonly label: string;
  readonly files: readonly string[];
  readonly runs: number;
}

export interface ThreadComparison {
  readonly name: string;
  /** Bin width on which everything below was computed. */
  readonly binWidthNs: number;
  readonly rows: readonly ComparedRow[];
  /** Per side: the number of samples of all its runs, null when unknown. */
  readonly samples: readonly (number | null)[];
  /** Per side but the first: tests of the whole distribution against the first, or why there are none. */
  readonly tests: readonly (DistributionTests | { readonly reason: string })[];
  /** Per side: `[latency, samples]` of all its runs, for the overlaid histogram. */
  readonly histograms: readonly (readonly (readonly [edgeNs: number, count: number])[])[];
}

export interface ComparedRow {
  readonly metric: Metric;
  readonly estimates: readonly Estimate[];
  /** Per side but the first: the change against the first. */
  readonly changes: readonly (Change | null)[];
}

export interface DistributionTests {
  readonly kolmogorovSmirnov: TestResult;
  readonly mannWhitney: MannWhitneyResult;
  readonly andersonDarling: TestResult;
}
