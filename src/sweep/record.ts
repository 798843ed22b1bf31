import type { Measurement } from '../measurement/measurement.ts';
import { quantile } from '../measurement/quantile.ts';
import type { ResultDocument } from '../measurement/result-document.ts';

/** What is kept of a point: a few numbers, so that a hundred thousand points fit in memory and in one file. */
export type PointRecord = PointFigures | PointFailure;

/** Figures over all threads of the run, in ns; null where there are too few samples to say. */
export interface PointFigures {
  readonly samples: number;
  readonly min_ns: number | null;
  readonly mean_ns: number | null;
  readonly max_ns: number | null;
  /** In the order of the sweep's `quantiles`. */
  readonly quantiles_ns: readonly (number | null)[];
  /** Knobs that the point's machine does not have, and what was done instead; absent when there are none. */
  readonly warnings?: readonly string[];
  /** The whole distribution, when the sweep keeps it. */
  readonly histogram?: { readonly bin_width_ns: number; readonly bins: Measurement['bins'] };
}

/** A combination of values that is no valid scenario, or a run that failed. */
export interface PointFailure {
  readonly error: string;
}

export interface RecordOptions {
  /** In percent. */
  readonly quantiles: readonly number[];
  readonly keepHistogram: boolean;
}

export function recordOf(document: ResultDocument, options: RecordOptions): PointFigures {
  const all = mergeThreads(document.measurements);
  const histogram = { bin_width_ns: all.binWidthNs, bins: all.bins };
  return {
    samples: all.samples ?? 0,
    min_ns: all.minNs,
    mean_ns: all.meanNs === null ? null : Number(all.meanNs.toFixed(3)),
    max_ns: all.maxNs,
    quantiles_ns: options.quantiles.map((percent) => {
      const answer = quantile(all, percent / 100);
      return answer.kind === 'value' ? answer.valueNs : null;
    }),
    ...(document.warnings.length > 0 ? { warnings: document.warnings } : {}),
    ...(options.keepHistogram ? { histogram } : {}),
  };
}

/** All threads' samples as one distribution; simulated threads share one bin width and have no censored samples. */
function mergeThreads(threads: readonly Measurement[]): Measurement {
  if (threads.length === 1) return threads[0];
  const counts = new Map<number, number>();
  for (const { bins } of threads) {
    for (const [bin, count] of bins) counts.set(bin, (counts.get(bin) ?? 0) + count);
  }
  const measured = threads.filter(({ samples }) => samples);
  const samples = measured.reduce((sum, thread) => sum + thread.samples!, 0);
  const known = (values: readonly (number | null)[]) => values.filter((value) => value !== null);
  const extreme = (pick: (...values: number[]) => number, values: readonly (number | null)[]) =>
    known(values).length === 0 ? null : pick(...known(values));
  return {
    name: 'all',
    binWidthNs: threads[0]?.binWidthNs ?? 1,
    bins: [...counts].sort(([one], [other]) => one - other),
    censored: null,
    samples,
    minNs: extreme(
      Math.min,
      measured.map(({ minNs }) => minNs),
    ),
    maxNs: extreme(
      Math.max,
      measured.map(({ maxNs }) => maxNs),
    ),
    meanNs:
      samples === 0
        ? null
        : measured.reduce((sum, { meanNs, samples: n }) => sum + meanNs! * n!, 0) / samples,
  };
}
