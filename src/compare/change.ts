import type { Measurement } from '../measurement/measurement.ts';
import { type Estimate, estimate } from './estimate.ts';
import { missingSamples, sideBySide } from './grid.ts';
import { type MeanFigures, meanFigures } from './mean.ts';
import type { Metric } from './metric.ts';
import type { TwoSamples } from './statistics/counts.ts';
import { sharesDifferP } from './statistics/fisher.ts';
import { welch } from './statistics/welch.ts';

/** How a metric moved from the baseline to the candidate. */
export interface Change {
  readonly before: number;
  readonly after: number;
  /** Candidate minus baseline, in the metric's unit. */
  readonly delta: number;
  /** Relative to the baseline; null when that is zero. */
  readonly percent: number | null;
  /** Confidence interval of `delta`; null where there is none. */
  readonly low: number | null;
  readonly high: number | null;
  /** Two-sided; null for the extremes, which a single run cannot test. */
  readonly p: number | null;
  readonly significant: boolean;
}

export interface Levels {
  /** Of every confidence interval, such as 0.95. */
  readonly confidence: number;
  /** Largest p-value that counts as significant. */
  readonly alpha: number;
}

/**
 * The change of one metric between two distributions of equal bin width whose samples are taken to be independent;
 * null when either side's value cannot be told. Means are tested by Welch's t-test; quantiles and shares by the
 * shares of samples beyond the pooled quantile or the threshold (Fisher's exact test).
 */
export function sampleChange(metric: Metric, a: Measurement, b: Measurement, levels: Levels): Change | null {
  const estimated = (measurement: Measurement) => ({
    measurement,
    estimate: estimate(metric, measurement, levels.confidence),
  });
  return changeOfEstimates(metric, estimated(a), estimated(b), pairOf(a, b), levels);
}

/** Both samples on one grid; null when one of them is not whole, so that no test of them is possible. */
export function pairOf(a: Measurement, b: Measurement): TwoSamples | null {
  return missingSamples(a) === null && missingSamples(b) === null ? sideBySide(a, b) : null;
}

export interface Estimated {
  readonly measurement: Measurement;
  readonly estimate: Estimate;
}

/** As `sampleChange`, from what all metrics of a pair share and estimates that are there already. */
export function changeOfEstimates(
  metric: Metric,
  a: Estimated,
  b: Estimated,
  pair: TwoSamples | null,
  levels: Levels,
): Change | null {
  const [before, after] = [a.estimate, b.estimate];
  if (before.kind !== 'value' || after.kind !== 'value') return null;
  const tested =
    metric.kind === 'mean'
      ? testMeans(a.measurement, b.measurement, levels.confidence)
      : { p: pair === null ? null : sharesP(metric, pair, before, after), ...intervalOf(before, after) };
  return makeChange(before.value, after.value, tested, levels.alpha);
}

export function makeChange(before: number, after: number, { p, low, high }: Tested, alpha: number): Change {
  const delta = after - before;
  const percent = before === 0 ? (delta === 0 ? 0 : null) : (delta / before) * 100;
  return { before, after, delta, percent, low, high, p, significant: p !== null && p <= alpha };
}

type Tested = Pick<Change, 'p' | 'low' | 'high'>;
type Value = Extract<Estimate, { kind: 'value' }>;

/** Quantiles and shares are tested by the numbers of samples beyond a latency; the extremes are not tested. */
function sharesP(metric: Metric, pair: TwoSamples, before: Value, after: Value): number | null {
  if (metric.kind === 'quantile') return quantilesDifferP(metric.percent / 100, pair);
  if (metric.kind !== 'share') return null;
  const { totalA, totalB } = pair;
  return sharesDifferP(Math.round(before.value * totalA), totalA, Math.round(after.value * totalB), totalB);
}

/** Welch's test; what censoring leaves open is taken in favour of no difference. */
function testMeans(a: Measurement, b: Measurement, confidence: number): Tested {
  const before = meanFigures(a) as MeanFigures;
  const after = meanFigures(b) as MeanFigures;
  const slack = before.slackNs + after.slackNs;
  const { low, high } = welch(before, after, confidence);
  const gap = after.mean - before.mean;
  const least = Math.sign(gap) * Math.max(0, Math.abs(gap) - slack);
  const { p } = welch({ ...before, mean: 0 }, { ...after, mean: least }, confidence);
  return { p, low: low - slack, high: high + slack };
}

/**
 * Are as many of A's samples beyond the pooled quantile as of B's? The tie that holds it can be split below or above:
 * if the quantiles of A and B differ at all, one of the two shows it. Both are tested, and the smaller p-value counts
 * twice (Bonferroni).
 */
export function quantilesDifferP(q: number, samples: TwoSamples): number {
  const { totalA, totalB } = samples;
  const wanted = (1 - q) * (totalA + totalB);
  let aboveA = totalA;
  let aboveB = totalB;
  for (let i = 0; i < samples.a.length; i++) {
    const nextA = aboveA - samples.a[i]!;
    const nextB = aboveB - samples.b[i]!;
    if (nextA + nextB <= wanted) {
      const below = sharesDifferP(aboveA, totalA, aboveB, totalB);
      return Math.min(1, 2 * Math.min(below, sharesDifferP(nextA, totalA, nextB, totalB)));
    }
    aboveA = nextA;
    aboveB = nextB;
  }
  return 1;
}

/**
 * Interval of a difference from the intervals of its two sides, which need not be symmetric (MOVER: G. Zou &
 * A. Donner, Statistics in Medicine 27, 2008).
 */
function intervalOf(before: Value, after: Value): Pick<Change, 'low' | 'high'> {
  const delta = after.value - before.value;
  const open = before.low === null || before.high === null || after.low === null || after.high === null;
  if (open) return { low: null, high: null };
  return {
    low: delta - Math.hypot(after.value - after.low!, before.high! - before.value),
    high: delta + Math.hypot(after.high! - after.value, before.value - before.low!),
  };
}
