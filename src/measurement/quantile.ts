import type { Measurement } from './measurement.ts';

/**
 * A quantile of binned, possibly censored samples.
 *
 * - `value`: the sample lies in `[valueNs, belowNs)`. `valueNs` is what cyclictest would print, the sample rounded
 *   down to its bin; an extreme that the source states is not rounded further.
 * - `at-least`: the sample is one of the censored ones, or may rank behind one: only a lower limit is known.
 * - `unsupported`: the measurement cannot answer, and `reason` says why.
 */
export type Quantile =
  | { readonly kind: 'value'; readonly valueNs: number; readonly belowNs: number }
  | { readonly kind: 'at-least'; readonly atLeastNs: number }
  | { readonly kind: 'unsupported'; readonly reason: string };

/**
 * The inverse of the empirical distribution function: the smallest sample that at least `q * n` of the `n` samples
 * do not exceed, without interpolation (type 1 of Hyndman and Fan 1996). `q` is from 0 (minimum) to 1 (maximum).
 *
 * Censored samples count and rank at their limit. A quantile above which not even one sample is expected
 * (99.99 % of fewer than 10000) is unsupported: its estimate would be the maximum under another name.
 */
export function quantile(measurement: Measurement, q: number): Quantile {
  if (!(q >= 0 && q <= 1)) throw new RangeError(`a quantile is between 0 and 1, not ${q}`);
  const total = measurement.samples;
  if (total === null) return unsupported('the number of samples is not known');
  if (total === 0) return unsupported('there are no samples');
  if (q < 1 && total * (1 - q) < 1 - 1e-9) return unsupported(`${total} samples are too few`);
  if (q === 0 && measurement.minNs !== null) return stated(measurement.minNs, measurement.binWidthNs);
  if (q === 1 && measurement.maxNs !== null) return stated(measurement.maxNs, measurement.binWidthNs);
  const roundingError = total * 4 * Number.EPSILON;
  return sampleOfRank(measurement, Math.max(1, Math.ceil(q * total - roundingError)));
}

/** The sample of 1-based `rank` in ascending order. */
function sampleOfRank({ bins, binWidthNs, censored }: Measurement, rank: number): Quantile {
  const limitNs = censored !== null && censored.count > 0 ? censored.atLeastNs : Number.POSITIVE_INFINITY;
  let seen = 0;
  for (const [bin, count] of bins) {
    const valueNs = bin * binWidthNs;
    const belowNs = valueNs + binWidthNs;
    if (belowNs > limitNs) return { kind: 'at-least', atLeastNs: Math.min(valueNs, limitNs) };
    seen += count;
    if (rank <= seen) return { kind: 'value', valueNs, belowNs };
  }
  if (limitNs < Number.POSITIVE_INFINITY) return { kind: 'at-least', atLeastNs: limitNs };
  return unsupported('the bins hold fewer samples than were counted');
}

/** A stated extreme, rounded down as the source rounds: it may lie anywhere up to the edge of its bin. */
function stated(valueNs: number, binWidthNs: number): Quantile {
  return { kind: 'value', valueNs, belowNs: (Math.floor(valueNs / binWidthNs) + 1) * binWidthNs };
}

function unsupported(reason: string): Quantile {
  return { kind: 'unsupported', reason };
}
