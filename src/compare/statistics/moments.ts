/** Number, mean and unbiased variance of one sample. */
export interface Moments {
  readonly n: number;
  readonly mean: number;
  readonly variance: number;
}

/** Moments of weighted values, in two passes so that large values do not cancel. Needs at least one sample. */
export function moments(values: ArrayLike<number>, counts: ArrayLike<number>): Moments {
  let n = 0;
  let total = 0;
  for (let i = 0; i < values.length; i++) {
    n += counts[i]!;
    total += values[i]! * counts[i]!;
  }
  const mean = total / n;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += counts[i]! * (values[i]! - mean) ** 2;
  return { n, mean, variance: n > 1 ? squares / (n - 1) : 0 };
}
