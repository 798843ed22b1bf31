import type { Measurement } from '../measurement/measurement.ts';
import { UserError } from '../user-error.ts';

/** A histogram to be matched: shares of samples in bins of one width, and the share at or beyond a limit. */
export interface Target {
  readonly binWidthNs: number;
  readonly firstBin: number;
  /** Shares of bins firstBin, firstBin + 1, …; the last one stands for everything from there on. */
  readonly shares: readonly number[];
  readonly samples: number;
}

/** The shares of a measurement, from its first bin on; what lies beyond `lastBin`, or is censored, is one share. */
export function target(measurement: Measurement, lastBin = Number.POSITIVE_INFINITY): Target {
  const { bins, binWidthNs, censored, samples } = measurement;
  if (samples === null || samples === 0 || bins.length === 0) {
    throw new UserError('fit-data', {
      path: measurement.name,
      message: 'has no histogram with a known number of samples',
      hint: 'a fit needs cyclictest -h output or a result document',
    });
  }
  const censoredFrom =
    censored === null ? Number.POSITIVE_INFINITY : Math.floor(censored.atLeastNs / binWidthNs);
  const last = Math.min(lastBin, censoredFrom, bins[bins.length - 1][0] + 1);
  const firstBin = Math.min(bins[0][0], last);
  return { binWidthNs, firstBin, shares: project(measurement, binWidthNs, firstBin, last), samples };
}

/** The shares of another measurement in the same bins; what lies below the first one counts with it. */
export function projected(measurement: Measurement, { binWidthNs, firstBin, shares }: Target): number[] {
  return project(measurement, binWidthNs, firstBin, firstBin + shares.length - 1);
}

function project(measurement: Measurement, binWidthNs: number, firstBin: number, lastBin: number): number[] {
  const counts = new Array<number>(lastBin - firstBin + 1).fill(0);
  for (const [bin, count] of measurement.bins) {
    const target = Math.floor((bin * measurement.binWidthNs) / binWidthNs);
    counts[Math.min(Math.max(target, firstBin), lastBin) - firstBin] += count;
  }
  counts[counts.length - 1] += measurement.censored?.count ?? 0;
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => count / total);
}

/** Total variation distance: the share of samples that lie in another bin. */
export function totalVariation(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, share, index) => sum + Math.abs(share - other[index]), 0) / 2;
}

/**
 * Differences of the square roots of the shares. Their squares add up to twice the squared Hellinger distance, and
 * each has about the same sampling error, 1 / (2 * sqrt(samples)), whatever the share.
 */
export function residuals(one: readonly number[], other: readonly number[]): number[] {
  return one.map((share, index) => Math.sqrt(share) - Math.sqrt(other[index]));
}
