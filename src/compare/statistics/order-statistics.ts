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
  const below = firstWhere(n, n * probability, (k) => binomialCdf(k, n, probability) > tail);
  const above = firstWhere(n, n * probability, (k) => binomialCdf(k, n, probability) >= 1 - tail);
  return { low: below === 0 ? null : below, high: above >= n ? null : above + 1 };
}

/** Smallest k in 0..n for which the monotone predicate holds, searched outwards from about where it is expected. */
function firstWhere(n: number, expected: number, holds: (k: number) => boolean): number {
  const start = Math.floor(expected);
  let width = Math.ceil(Math.sqrt(expected * (1 - expected / n))) + 1;
  let low = start;
  let high = start;
  for (; low > 0 && holds(low); width *= 2) low = Math.max(0, low - width);
  for (; high < n && !holds(high); width *= 2) high = Math.min(n, high + width);
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
