import type { Measurement } from '../../measurement/measurement.ts';
import type { Levels } from '../change.ts';
import { type Estimate, estimate } from '../estimate.ts';
import { pool } from '../grid.ts';
import type { Metric } from '../metric.ts';
import { repeatedEstimate } from '../repetitions.ts';

/** What the rules judge: one thread of one candidate, and of the baseline if there is one. */
export interface Subject {
  readonly candidate: string;
  readonly file: string;
  readonly thread: string;
  /** Measurements of all runs, in bins of one width. */
  readonly runs: readonly Measurement[];
  readonly baselineRuns: readonly Measurement[] | null;
  /** Whether runs are repetitions: figures are then medians over the runs. */
  readonly repeated: boolean;
  readonly levels: Levels;
  /** Smallest difference that `significant` heeds. */
  readonly minEffect: MinEffect;
}

/** A part of the baseline's value, or a latency. */
export type MinEffect = { readonly unit: 'share' | 'ns'; readonly value: number };

/** The metric of the candidate or the baseline. */
export function figure(metric: Metric, runs: readonly Measurement[], subject: Subject): Estimate {
  const { confidence } = subject.levels;
  return subject.repeated
    ? repeatedEstimate(metric, runs, confidence)
    : estimate(metric, pool(runs), confidence);
}
