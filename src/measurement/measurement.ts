/**
 * One latency distribution: what one thread of one run measured, simulated or real.
 *
 * A sample in bin `b` is known to lie in `[b, b + 1) * binWidthNs`. What a source cannot tell stays untold:
 * samples known only to be at or above a limit are `censored`, and figures that were not printed are `null`.
 */
export interface Measurement {
  /** Thread or row of the source: "0", "1", "irq 0". Unique within a document. */
  readonly name: string;
  /** Width of a bin in ns: 10 for simulated runs, 1000 for cyclictest's text in µs, 1 with `-N`. */
  readonly binWidthNs: number;
  /** `[bin, samples]`, ascending by bin, only bins that hold samples. */
  readonly bins: readonly (readonly [bin: number, count: number])[];
  /** Samples at or above `atLeastNs` of which no more is known (histogram overflows). */
  readonly censored: { readonly count: number; readonly atLeastNs: number } | null;
  /** All samples: the bins' and the censored ones. Null when the source does not tell (a lost tail). */
  readonly samples: number | null;
  /** Exact extremes and mean in ns where the source states them (in its own resolution). */
  readonly minNs: number | null;
  readonly maxNs: number | null;
  readonly meanNs: number | null;
}
