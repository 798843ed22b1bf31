import type { Measurement } from '../measurement/measurement.ts';

/** A measurement that holds these bins and states nothing else. */
export function measurementOf(
  bins: readonly (readonly [bin: number, count: number])[],
  more: Partial<Measurement> = {},
): Measurement {
  const counted = bins.reduce((sum, [, count]) => sum + count, more.censored?.count ?? 0);
  const nothing = { censored: null, minNs: null, maxNs: null, meanNs: null };
  return { name: '0', binWidthNs: 1000, bins, samples: counted, ...nothing, ...more };
}
