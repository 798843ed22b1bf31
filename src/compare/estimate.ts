import type { Measurement } from '../measurement/measurement.ts';
import { quantile } from '../measurement/quantile.ts';
import { censoringLimitNs, missingSamples } from './grid.ts';
import { estimateMean } from './mean.ts';
import { durationName, type Metric } from './metric.ts';
import { quantileRanks } from './statistics/order-statistics.ts';
import { wilsonInterval } from './statistics/wilson.ts';

/**
 * One figure of one distribution: latencies in ns, as the source prints them (rounded down to the bin); shares
 * between 0 and 1. `low` and `high` are its confidence interval: null where the samples do not bound it.
 */
export type Estimate =
  | {
      readonly kind: 'value';
      readonly value: number;
      readonly low: number | null;
      readonly high: number | null;
    }
  | { readonly kind: 'at-least'; readonly value: number }
  | { readonly kind: 'unsupported'; readonly reason: string };

/** The metric's value in this measurement, or why it cannot be told. */
export function estimate(metric: Metric, measurement: Measurement, confidence: number): Estimate {
  switch (metric.kind) {
    case 'min':
      return withoutInterval(quantile(measurement, 0), measurement.binWidthNs);
    case 'max':
      return withoutInterval(quantile(measurement, 1), measurement.binWidthNs);
    case 'mean':
      return estimateMean(measurement, confidence);
    case 'quantile':
      return estimateQuantile(measurement, metric.percent / 100, confidence);
    case 'share':
      return estimateShare(measurement, metric, confidence);
  }
}

/**
 * The smallest and the largest sample are facts of the run; how they would vary is not told by one of them. They are
 * rounded down like all others, so that a finer source does not look slower than a coarse one.
 */
function withoutInterval(found: ReturnType<typeof quantile>, binWidthNs: number): Estimate {
  if (found.kind === 'unsupported') return found;
  if (found.kind === 'at-least') return { kind: 'at-least', value: found.atLeastNs };
  const value = Math.floor(found.valueNs / binWidthNs) * binWidthNs;
  return { kind: 'value', value, low: null, high: null };
}

function estimateQuantile(measurement: Measurement, q: number, confidence: number): Estimate {
  const point = quantile(measurement, q);
  if (point.kind !== 'value') return withoutInterval(point, measurement.binWidthNs);
  const samples = measurement.samples!;
  const ranks = quantileRanks(samples, q, confidence);
  const at = (rank: number | null) => {
    if (rank === null) return null;
    const found = sampleOfRank(measurement, rank);
    return Number.isFinite(found) ? found : null;
  };
  return { kind: 'value', value: point.valueNs, low: at(ranks.low), high: at(ranks.high) };
}

/** Lower edge of the bin of the sample with this 1-based rank; infinite when it is a censored one. */
function sampleOfRank(measurement: Measurement, rank: number): number {
  const { bins, binWidthNs } = measurement;
  const limitNs = censoringLimitNs(measurement);
  let seen = 0;
  for (const [bin, count] of bins) {
    if ((bin + 1) * binWidthNs > limitNs) break;
    seen += count;
    if (rank <= seen) return bin * binWidthNs;
  }
  return Number.POSITIVE_INFINITY;
}

/**
 * Samples whose printed value (the lower edge of their bin) is above the threshold, so that "p99 <= 12us" and
 * "share(>12us) <= 1%" always agree. A threshold inside a bin that holds samples cannot be answered.
 */
function estimateShare(
  measurement: Measurement,
  metric: Metric & { kind: 'share' },
  confidence: number,
): Estimate {
  const reason = missingSamples(measurement);
  if (reason !== null) return { kind: 'unsupported', reason };
  const { relation, thresholdNs } = metric;
  const { binWidthNs, samples } = measurement;
  const limitNs = censoringLimitNs(measurement);
  let hits = 0;
  if (Number.isFinite(limitNs)) {
    const known = relation === '>' ? limitNs > thresholdNs : limitNs >= thresholdNs;
    if (!known) return { kind: 'unsupported', reason: `nothing is known beyond ${durationName(limitNs)}` };
    hits += measurement.censored!.count;
  }
  for (const [bin, count] of measurement.bins) {
    const edgeNs = bin * binWidthNs;
    if (edgeNs < thresholdNs && thresholdNs < edgeNs + binWidthNs) {
      return { kind: 'unsupported', reason: `${durationName(binWidthNs)} bins cannot tell` };
    }
    if (relation === '>' ? edgeNs > thresholdNs : edgeNs >= thresholdNs) hits += count;
  }
  return { kind: 'value', value: hits / samples!, ...wilsonInterval(hits, samples!, confidence) };
}
