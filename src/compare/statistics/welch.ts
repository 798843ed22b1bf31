import { studentQuantileTwoSided, studentTwoSided } from './beta.ts';
import type { Moments } from './moments.ts';

export interface MeanDifference {
  /** Mean of B minus mean of A, with its confidence interval. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly p: number;
}

/**
 * Welch's test of two means with unequal variances, and the interval of their difference; degrees of freedom by
 * Satterthwaite (B. L. Welch, Biometrika 34, 1947). Samples without any spread differ surely or not at all.
 */
export function welch(a: Moments, b: Moments, level: number): MeanDifference {
  const difference = b.mean - a.mean;
  const shareA = a.variance / a.n;
  const shareB = b.variance / b.n;
  const error = Math.sqrt(shareA + shareB);
  if (error === 0) return { difference, low: difference, high: difference, p: difference === 0 ? 1 : 0 };
  const freedom =
    (shareA + shareB) ** 2 / (shareA ** 2 / Math.max(1, a.n - 1) + shareB ** 2 / Math.max(1, b.n - 1));
  const margin = studentQuantileTwoSided(level, freedom) * error;
  return {
    difference,
    low: difference - margin,
    high: difference + margin,
    p: studentTwoSided(difference / error, freedom),
  };
}

/** Half width of the mean's confidence interval (Student's t). */
export function meanMargin(sample: Moments, level: number): number {
  if (sample.n < 2) return Number.POSITIVE_INFINITY;
  return studentQuantileTwoSided(level, sample.n - 1) * Math.sqrt(sample.variance / sample.n);
}
