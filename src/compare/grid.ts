import type { Measurement } from '../measurement/measurement.ts';
import { type TwoSamples, twoSamples } from './statistics/counts.ts';

/** Narrowest bin width of which all the given widths are divisors: the coarser one, for 10 ns and 1 µs. */
export function commonWidthNs(widthsNs: readonly number[]): number {
  return widthsNs.reduce((common, width) => (common / greatestDivisor(common, width)) * width);
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

/** The same samples in wider bins; `widthNs` must be a multiple of the measurement's own. */
export function coarsen(measurement: Measurement, widthNs: number): Measurement {
  if (measurement.binWidthNs === widthNs) return measurement;
  const factor = widthNs / measurement.binWidthNs;
  const counts = new Map<number, number>();
  for (const [bin, count] of measurement.bins) {
    const wide = Math.floor(bin / factor);
    counts.set(wide, (counts.get(wide) ?? 0) + count);
  }
  return { ...measurement, binWidthNs: widthNs, bins: [...counts] };
}

/**
 * All samples of several measurements as one. Figures that one of them does not state are not stated; beyond the
 * lowest limit of censoring nothing but the number of samples is kept. Needs at least one measurement.
 */
export function pool(measurements: readonly Measurement[], name = measurements[0]!.name): Measurement {
  if (measurements.length === 1) return { ...measurements[0]!, name };
  const binWidthNs = commonWidthNs(measurements.map((one) => one.binWidthNs));
  const limitNs = Math.min(...measurements.map(censoringLimitNs));
  const counts = new Map<number, number>();
  let censored = 0;
  for (const one of measurements) {
    censored += one.censored?.count ?? 0;
    for (const [bin, count] of coarsen(one, binWidthNs).bins) {
      if ((bin + 1) * binWidthNs > limitNs) censored += count;
      else counts.set(bin, (counts.get(bin) ?? 0) + count);
    }
  }
  const samples = addUp(measurements.map((one) => one.samples));
  const total = addUp(measurements.map((one) => product(one.meanNs, one.samples)));
  return {
    name,
    binWidthNs,
    bins: [...counts].sort(([a], [b]) => a - b),
    censored: censored > 0 ? { count: censored, atLeastNs: lowestEdge(limitNs, binWidthNs) } : null,
    samples,
    minNs: extreme(
      Math.min,
      measurements.map((one) => one.minNs),
    ),
    maxNs: extreme(
      Math.max,
      measurements.map((one) => one.maxNs),
    ),
    meanNs: total === null || !samples ? null : total / samples,
  };
}

/** Latency at and above which single samples are not known; infinite when nothing is censored. */
export function censoringLimitNs({ censored }: Measurement): number {
  return censored !== null && censored.count > 0 ? censored.atLeastNs : Number.POSITIVE_INFINITY;
}

/** Samples that were moved out of a bin which the limit cuts are known to lie above the bin's lower edge only. */
function lowestEdge(limitNs: number, widthNs: number): number {
  return Math.floor(limitNs / widthNs) * widthNs;
}

/** Why the bins and the censored samples do not make up the total, so that no test is possible; else null. */
export function missingSamples(measurement: Measurement): string | null {
  const { samples, bins, censored } = measurement;
  if (samples === null) return 'the number of samples is not known';
  if (samples === 0) return 'there are no samples';
  const counted = bins.reduce((sum, [, count]) => sum + count, censored?.count ?? 0);
  return counted === samples ? null : `the histogram holds ${counted} of ${samples} samples`;
}

/**
 * Two measurements of equal bin width side by side. Samples at and above the lower limit of censoring are one tie:
 * which of them is larger is not known. `edgesNs` are the lower edges of the rows.
 */
export function sideBySide(a: Measurement, b: Measurement): TwoSamples & { readonly edgesNs: number[] } {
  const limitNs = Math.min(censoringLimitNs(a), censoringLimitNs(b));
  const rows = new Map<number, [number, number]>();
  const beyond: [number, number] = [0, 0];
  for (const [side, one] of [a, b].entries()) {
    beyond[side as 0 | 1] += one.censored?.count ?? 0;
    for (const [bin, count] of one.bins) {
      if ((bin + 1) * one.binWidthNs > limitNs) beyond[side as 0 | 1] += count;
      else {
        const row = rows.get(bin) ?? [0, 0];
        row[side as 0 | 1] += count;
        rows.set(bin, row);
      }
    }
  }
  const sorted = [...rows].sort(([x], [y]) => x - y);
  const edgesNs = sorted.map(([bin]) => bin * a.binWidthNs);
  if (beyond[0] + beyond[1] > 0) edgesNs.push(limitNs);
  return { ...twoSamples([...sorted.map(([, row]) => row), beyond]), edgesNs };
}

function addUp(values: readonly (number | null)[]): number | null {
  return values.reduce(
    (sum, value) => (sum === null || value === null ? null : sum + value),
    0 as number | null,
  );
}

function product(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a * b;
}

function extreme(choose: (...values: number[]) => number, values: readonly (number | null)[]): number | null {
  return values.includes(null) ? null : choose(...(values as number[]));
}
