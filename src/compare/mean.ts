import type { Measurement } from '../measurement/measurement.ts';
import type { Estimate } from './estimate.ts';
import { censoringLimitNs, missingSamples } from './grid.ts';
import { type Moments, moments } from './statistics/moments.ts';
import { meanMargin } from './statistics/welch.ts';

/**
 * Mean and variance in ns. Like every figure of a comparison the mean is as the source prints its samples: rounded
 * down to their bins. `slackNs`: how far it may be off on either side because of censored samples.
 */
export interface MeanFigures extends Moments {
  readonly slackNs: number;
}

/**
 * The figures, or what is missing. Censored samples lie between the limit and the stated maximum, and the variance
 * is then the largest possible; without a maximum the mean is "at-least". A stated `meanNs` replaces the bins'
 * mean: callers keep it only where it is exact for all that they compare.
 */
export function meanFigures(measurement: Measurement): MeanFigures | Exclude<Estimate, { kind: 'value' }> {
  const reason = missingSamples(measurement);
  if (reason !== null) return { kind: 'unsupported', reason };
  const { bins, binWidthNs, censored, maxNs, meanNs } = measurement;
  const values = bins.map(([bin]) => bin * binWidthNs);
  const counts = bins.map(([, count]) => count);
  const limitNs = censoringLimitNs(measurement);
  if (!Number.isFinite(limitNs)) {
    const figures = moments(values, counts);
    return { ...figures, mean: meanNs ?? figures.mean, slackNs: 0 };
  }
  const atLimit = moments([...values, limitNs], [...counts, censored!.count]);
  if (maxNs === null) return { kind: 'at-least', value: atLimit.mean };
  const atTop = moments([...values, Math.max(maxNs, limitNs)], [...counts, censored!.count]);
  const mean = (atLimit.mean + atTop.mean) / 2;
  return { n: atTop.n, mean, variance: atTop.variance, slackNs: (atTop.mean - atLimit.mean) / 2 };
}

/** The mean with its confidence interval. */
export function estimateMean(measurement: Measurement, confidence: number): Estimate {
  const figures = meanFigures(measurement);
  if ('kind' in figures) return figures;
  const margin = meanMargin(figures, confidence) + figures.slackNs;
  const bounded = Number.isFinite(margin);
  const { mean } = figures;
  return {
    kind: 'value',
    value: mean,
    low: bounded ? mean - margin : null,
    high: bounded ? mean + margin : null,
  };
}
