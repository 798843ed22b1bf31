import type { Measurement } from '../measurement/measurement.ts';
import { ExitCode, UserError } from '../user-error.ts';
import { type Change, changeOfEstimates, type Levels, pairOf } from './change.ts';
import { assertComparable } from './comparable.ts';
import type { ComparedRow, Comparison, DistributionTests, ThreadComparison } from './comparison.ts';
import { type Estimate, estimate } from './estimate.ts';
import { footnotes } from './footnotes.ts';
import { missingSamples, pool } from './grid.ts';
import { type Metric, STANDARD_METRICS } from './metric.ts';
import { repeatedChange, repeatedEstimate } from './repetitions.ts';
import type { Side } from './side.ts';
import { andersonDarling } from './statistics/anderson-darling.ts';
import type { TwoSamples } from './statistics/counts.ts';
import { kolmogorovSmirnov } from './statistics/kolmogorov-smirnov.ts';
import { mannWhitney } from './statistics/mann-whitney.ts';
import { matchThreads, type ThreadOptions, type ThreadRuns } from './threads.ts';

export interface CompareOptions extends ThreadOptions, Partial<Levels> {
  /** Paths of the fields that are the experiment: the only ones in which the sides may differ. */
  readonly vary?: readonly string[];
  /** Metrics beside the standard ones, such as shares above thresholds. */
  readonly metrics?: readonly Metric[];
}

export const DEFAULT_CONFIDENCE = 0.95;
export const DEFAULT_ALPHA = 0.01;

/**
 * Compares every other side with the first. A side of several runs is taken as repetitions, or as one sample with
 * `pool`. Throws a UserError with exit code 3 when the sides are not comparable.
 */
export function compareSides(sides: readonly Side[], options: CompareOptions = {}): Comparison {
  if (sides.length < 2) {
    const message = 'nothing was compared: two inputs at least are needed';
    throw new UserError(
      'nothing-compared',
      { message, hint: 'label=path labels an input' },
      ExitCode.notComparable,
    );
  }
  const varied = assertComparable(sides, options.vary ?? []);
  const levels = {
    confidence: options.confidence ?? DEFAULT_CONFIDENCE,
    alpha: options.alpha ?? DEFAULT_ALPHA,
  };
  const metrics = [...STANDARD_METRICS, ...(options.metrics ?? [])];
  const matched = matchThreads(sides, options);
  const repeated = !options.pool && sides.some((side) => side.runs.length > 1);
  const comparison: Omit<Comparison, 'footnotes'> = {
    ...levels,
    basis: repeated ? 'repetitions' : 'samples',
    sides: sides.map(({ label, runs }) => ({ label, files: runs.map((run) => run.file), runs: runs.length })),
    varied,
    threads: matched.threads.map((thread) => compareThread(thread, metrics, repeated, levels)),
  };
  return { ...comparison, footnotes: footnotes(comparison, sides, matched) };
}

function compareThread(
  { name, binWidthNs, sides }: ThreadRuns,
  metrics: readonly Metric[],
  repeated: boolean,
  levels: Levels,
): ThreadComparison {
  const whole = sides.map((runs) => pool(runs));
  const estimateOf = (metric: Metric, side: number): Estimate =>
    repeated
      ? repeatedEstimate(metric, sides[side]!, levels.confidence)
      : estimate(metric, whole[side]!, levels.confidence);
  const pairs = whole.map((one, side) => (side === 0 ? null : pairOf(whole[0]!, one)));
  const rows: ComparedRow[] = metrics.map((metric) => {
    const estimates = sides.map((_, side) => estimateOf(metric, side));
    const sideAt = (side: number) => ({ measurement: whole[side]!, estimate: estimates[side]! });
    const changeOf = (side: number): Change | null =>
      repeated
        ? repeatedChange(metric, sides[0]!, sides[side]!, levels)
        : changeOfEstimates(metric, sideAt(0), sideAt(side), pairs[side]!, levels);
    return { metric, estimates, changes: sides.slice(1).map((_, index) => changeOf(index + 1)) };
  });
  return {
    name,
    binWidthNs,
    rows,
    samples: whole.map((one) => one.samples),
    tests: whole.slice(1).map((one, index) => distributionTests(whole[0]!, one, pairs[index + 1]!, repeated)),
    histograms: whole.map((one) => one.bins.map(([bin, count]) => [bin * binWidthNs, count])),
  };
}

/** Tests of all loops against all loops say nothing where each run counts once. */
function distributionTests(
  a: Measurement,
  b: Measurement,
  pair: TwoSamples | null,
  repeated: boolean,
): DistributionTests | { readonly reason: string } {
  if (repeated) return { reason: 'runs are repetitions (--pool takes all their samples together)' };
  if (pair === null) return { reason: (missingSamples(a) ?? missingSamples(b))! };
  return {
    kolmogorovSmirnov: kolmogorovSmirnov(pair),
    mannWhitney: mannWhitney(pair),
    andersonDarling: andersonDarling(pair),
  };
}
