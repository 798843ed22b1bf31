import type { ThreadResult } from '../../measurement/result-document.ts';
import type { Bins } from './bins.ts';
import { inNanoseconds } from './numbers.ts';
import type { Place } from './problem.ts';

/** What a source says of one thread, latencies in the source's own unit. Null and absent: it does not say. */
export interface SourceThread {
  readonly name: string;
  readonly bins: Bins;
  /** All samples, those beyond the histogram included. */
  readonly samples: number | null;
  /**
   * Samples beyond the histogram lie at this value or above. Their number is `samples` less those in the
   * bins.
   */
  readonly limit: number;
  readonly min?: number | null;
  readonly max?: number | null;
  /** As stated; bins of one unit that hold every sample give a better one. */
  readonly mean?: number | null;
  readonly overflowCycles?: readonly number[] | null;
}

/** The measurement of a really measured thread; `nsPerUnit` is 1000 for µs and 1 for ns. */
export function measuredThread(
  thread: SourceThread,
  nsPerUnit: number,
  place: Place,
  unitsPerBin = 1,
): ThreadResult {
  const { bins, samples, name } = thread;
  const overflows = samples === null ? 0 : samples - bins.count;
  const nothing = samples === 0;
  const ns = (value: number | null | undefined) =>
    nothing || value === null || value === undefined ? null : inNanoseconds(value, nsPerUnit, place);
  const stated = thread.mean === undefined || thread.mean === null ? null : decimal(thread.mean * nsPerUnit);
  const mean = samples === bins.count && unitsPerBin === 1 ? (bins.sum * nsPerUnit) / bins.count : stated;
  return {
    name,
    binWidthNs: nsPerUnit * unitsPerBin,
    bins: bins.sorted(),
    censored: overflows > 0 ? { count: overflows, atLeastNs: ns(thread.limit)! } : null,
    samples,
    minNs: ns(thread.min),
    maxNs: ns(thread.max),
    meanNs: nothing ? null : mean,
    cycles: null,
    ledger: null,
    worst: null,
    overflow_cycles: thread.overflowCycles ?? null,
  };
}

/** 16.22 µs are 16220 ns, not 16219.999999999998: the digits that were stated and no others. */
function decimal(value: number): number {
  return Number(value.toPrecision(15));
}
