import { type Quantile, quantile } from '../../measurement/quantile.ts';
import type { ThreadResult } from '../../measurement/result-document.ts';
import { NS_PER_US } from '../../time.ts';

/** Rows of a bar histogram that several columns share: `[fromUs, toUs)`, the last one open (`toUs` infinite). */
export interface Band {
  readonly fromUs: number;
  readonly toUs: number;
}

const MAX_BANDS = 40;

/**
 * Bands from the smallest sample of all columns to their greatest 99.9 % quantile, 1, 2, 5, 10, … µs wide so that
 * they fit on a screen; what lies beyond shares one open band.
 */
export function bandsFor(threads: readonly ThreadResult[]): Band[] {
  const filled = threads.filter(({ samples, bins }) => samples !== 0 && bins.length > 0);
  if (filled.length === 0) return [];
  const fromUs = Math.min(...filled.map(({ bins, binWidthNs }) => floorUs(bins[0][0] * binWidthNs)));
  const bodyUs = Math.max(...filled.map((thread) => bodyEndUs(thread)));
  const widthUs = roundWidth((bodyUs - fromUs) / MAX_BANDS);
  const bands: Band[] = [];
  let edge = Math.floor(fromUs / widthUs) * widthUs;
  for (; edge < bodyUs; edge += widthUs) bands.push({ fromUs: edge, toUs: edge + widthUs });
  return [...bands, { fromUs: edge, toUs: Number.POSITIVE_INFINITY }];
}

/** Samples of `thread` in each band; censored samples count in the open one. */
export function countBands(thread: ThreadResult, bands: readonly Band[]): number[] {
  const counts = bands.map(() => 0);
  const last = bands.length - 1;
  if (last < 0) return counts;
  const { fromUs, toUs } = bands[0];
  for (const [bin, count] of thread.bins) {
    const index = Math.floor((floorUs(bin * thread.binWidthNs) - fromUs) / (toUs - fromUs));
    counts[Math.min(last, index)] += count;
  }
  counts[last] += thread.censored?.count ?? 0;
  return counts;
}

/** First µs behind the body of the distribution. */
function bodyEndUs(thread: ThreadResult): number {
  const [lastBin] = thread.bins[thread.bins.length - 1];
  const endOfBinsUs = floorUs(lastBin * thread.binWidthNs) + 1;
  const result: Quantile = quantile(thread, 0.999);
  return result.kind === 'value' ? Math.min(endOfBinsUs, floorUs(result.valueNs) + 1) : endOfBinsUs;
}

/** The smallest of 1, 2, 5, 10, 20, 50, … that is not below `least`. */
function roundWidth(least: number): number {
  for (let decade = 1; ; decade *= 10) {
    const width = [1, 2, 5].find((digit) => digit * decade >= least);
    if (width !== undefined) return width * decade;
  }
}

function floorUs(ns: number): number {
  return Math.floor(ns / NS_PER_US);
}
