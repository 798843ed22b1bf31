import { binomialCdf } from './beta.ts';

/** 1-based ranks of the samples that enclose a quantile; null where no sample does. */
export interface RankInterval {
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * Distribution-free confidence interval of the `probability` quantile of `n` independent samples: the ranks l < u
 * with P(X_(l) <= quantile) >= 1 - (1 - level)/2 and likewise above, from the binomial distribution. With ties
 * the true coverage is higher. W. J. Conover, Practical Nonparametric Statistics (3rd ed. 1999), section 3.2.
 */
export function quantileRanks(n: number, probability: number, level: number): RankInterval {
  const tail = (1 - level) / 2;
  const below = firstWhere(n, (k) => binomialCdf(k, n, probability) > tail);
  const above = firstWhere(n, (k) => binomialCdf(k, n, probability) >= 1 - tail);
  return { low: below === 0 ? null : below, high: above >= n ? null : above + 1 };
}

/** Smallest k in 0..n for which the monotone predicate holds. */
function firstWhere(n: number, holds: (k: number) => boolean): number {
  let low = 0;
  let high = n;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Ranks of the median's interval for a handful of repetitions (p = 1/2); see `quantileRanks`. */
export function medianRanks(n: number, level: number): RankInterval {
  return quantileRanks(n, 0.5, level);
}
