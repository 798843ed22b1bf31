import type { Measurement } from '../../measurement/measurement.ts';
import type { Microseconds } from '../../time.ts';
import { NS_PER_US } from '../../time.ts';

/** The figures of one thread as cyclictest keeps them: every sample rounded down to whole µs before anything else. */
export interface CyclictestStatistics {
  /** Samples of each µs row, only rows that hold any. */
  readonly rows: ReadonlyMap<Microseconds, number>;
  /** Samples in the rows. */
  readonly total: number;
  /** Samples beyond the last row. */
  readonly overflows: number;
  /** All samples: rows and overflows. */
  readonly cycles: number;
  readonly minUs: Microseconds;
  readonly maxUs: Microseconds;
  /** Mean of the rounded samples, itself not rounded; NaN without samples. */
  readonly avgUs: number;
}

/** The minimum that cyclictest starts from, and prints when there was no sample. */
const INITIAL_MIN_US = 1_000_000;

/** What cyclictest `-h histogramUs` would have printed for this measurement. */
export function cyclictestStatistics(thread: Measurement, histogramUs: number): CyclictestStatistics {
  const rows = new Map<Microseconds, number>();
  let overflows = thread.censored?.count ?? 0;
  let total = 0;
  let sumUs = 0;
  for (const [bin, count] of thread.bins) {
    const us = toMicroseconds(bin * thread.binWidthNs);
    sumUs += us * count;
    if (us >= histogramUs) {
      overflows += count;
    } else {
      total += count;
      rows.set(us, (rows.get(us) ?? 0) + count);
    }
  }
  const cycles = total + overflows;
  return {
    rows,
    total,
    overflows,
    cycles,
    minUs: cycles === 0 ? INITIAL_MIN_US : toMicroseconds(thread.minNs ?? lowestNs(thread)),
    maxUs: cycles === 0 ? 0 : toMicroseconds(thread.maxNs ?? highestNs(thread)),
    avgUs: thread.censored?.count ? (thread.meanNs ?? Number.NaN) / NS_PER_US : sumUs / cycles,
  };
}

function toMicroseconds(ns: number): Microseconds {
  return Math.floor(ns / NS_PER_US);
}

function lowestNs({ bins, binWidthNs, censored }: Measurement): number {
  return bins.length > 0 ? bins[0][0] * binWidthNs : censored!.atLeastNs;
}

function highestNs({ bins, binWidthNs, censored }: Measurement): number {
  return censored?.count ? censored.atLeastNs : bins[bins.length - 1][0] * binWidthNs;
}
