import type { Measurement } from '../measurement/measurement.ts';
import { type Change, type Levels, makeChange } from './change.ts';
import { type Estimate, estimate } from './estimate.ts';
import type { Metric } from './metric.ts';
import { twoSamplesOfValues } from './statistics/counts.ts';
import { logChoose } from './statistics/gamma.ts';
import { mannWhitney } from './statistics/mann-whitney.ts';
import { quantileRanks } from './statistics/order-statistics.ts';

/**
 * The metric over several runs of one side: the median of the runs' values with its order-statistic interval, as
 * benchstat shows it. Each run counts once, however its own samples depend on each other.
 */
export function repeatedEstimate(metric: Metric, runs: readonly Measurement[], confidence: number): Estimate {
  const values = runValues(metric, runs);
  if (!Array.isArray(values)) return values;
  const ranks = quantileRanks(values.length, 0.5, confidence);
  return {
    kind: 'value',
    value: median(values),
    low: ranks.low === null ? null : values[ranks.low - 1]!,
    high: ranks.high === null ? null : values[ranks.high - 1]!,
  };
}

/** The change of the medians, tested by Mann-Whitney over the runs' values. Null when a value cannot be told. */
export function repeatedChange(
  metric: Metric,
  before: readonly Measurement[],
  after: readonly Measurement[],
  levels: Levels,
): Change | null {
  const a = runValues(metric, before);
  const b = runValues(metric, after);
  if (!Array.isArray(a) || !Array.isArray(b)) return null;
  const { p } = mannWhitney(twoSamplesOfValues(a, b));
  return makeChange(median(a), median(b), { p, low: null, high: null }, levels.alpha);
}

/** Smallest two-sided p-value that Mann-Whitney can reach with this many runs: 2 / C(a + b, a). */
export function leastReachableP(runsA: number, runsB: number): number {
  return Math.min(1, 2 / Math.exp(logChoose(runsA + runsB, runsA)));
}

/** Each run's value in ascending order, or the first reason why one has none. */
function runValues(
  metric: Metric,
  runs: readonly Measurement[],
): number[] | Exclude<Estimate, { kind: 'value' }> {
  const values: number[] = [];
  for (const run of runs) {
    const found = estimate(metric, run, 0.95);
    if (found.kind !== 'value') return found;
    values.push(found.value);
  }
  return values.sort((a, b) => a - b);
}

function median(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
