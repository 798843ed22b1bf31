import type { TestResult, TwoSamples } from './counts.ts';
import { largestEigenvalues, type TridiagonalPencil } from './tridiagonal.ts';
import { weightedChiSquareUpper } from './weighted-chi-square.ts';

/** Eigenvalues used one by one; the rest, small and many, enter by their sum. */
const EIGENVALUES = 20;

/**
 * Two-sample Anderson-Darling test in its version for ties: A²akN of F. W. Scholz & M. A. Stephens (JASA 82,
 * 1987), equation 7, with k = 2. It looks at the tails more than Kolmogorov-Smirnov does.
 *
 * The p-value is the statistic's limit law given these very ties, a sum of weighted chi-squares whose weights are
 * computed below; without ties it is the law of the one-sample Anderson-Darling statistic.
 */
export function andersonDarling(samples: TwoSamples): TestResult {
  const { a, b, totalA, totalB } = samples;
  const n = totalA + totalB;
  if (a.length < 2) return { statistic: 0, p: 1, method: 'asymptotic' };
  const weights = groupWeights(samples);
  let statistic = 0;
  let belowA = 0;
  let below = 0;
  for (let j = 0; j < a.length; j++) {
    const tied = a[j]! + b[j]!;
    const distance = n * (belowA + a[j]! / 2) - totalA * (below + tied / 2);
    statistic += weights[j]! * distance ** 2;
    belowA += a[j]!;
    below += tied;
  }
  statistic *= (n - 1) / totalA / totalB;
  return { statistic, p: andersonDarlingUpper(statistic, samples), method: 'asymptotic' };
}

/** P(A² >= statistic) in the limit law that belongs to the ties of `samples`. */
export function andersonDarlingUpper(statistic: number, samples: TwoSamples): number {
  const eigenvalues = largestEigenvalues(limitPencil(samples, groupWeights(samples)), EIGENVALUES);
  return weightedChiSquareUpper(statistic, eigenvalues, 1);
}

/** Weight of each tie group's squared distance: (l/N) / (B (N - B) - N l / 4), B counting half of the group. */
function groupWeights({ a, b, totalA, totalB }: TwoSamples): Float64Array {
  const n = totalA + totalB;
  const weights = new Float64Array(a.length);
  let below = 0;
  for (let j = 0; j < a.length; j++) {
    const tied = a[j]! + b[j]!;
    const middle = below + tied / 2;
    weights[j] = tied / n / (middle * (n - middle) - (n * tied) / 4);
    below += tied;
  }
  return weights;
}

/**
 * Under the permutation distribution the distances at the ends of the groups have the covariance H_i (N - H_j),
 * i <= j, of a Brownian bridge (H = samples so far), whose inverse is tridiagonal; the statistic is a tridiagonal
 * quadratic form in them, since a midrank is the mean of two ends. Its weights are the eigenvalues of this pencil
 * and add up to 1.
 */
function limitPencil({ a, b, totalA, totalB }: TwoSamples, weights: Float64Array): TridiagonalPencil {
  const n = totalA + totalB;
  const size = a.length - 1;
  const tied = (j: number) => a[j]! + b[j]!;
  return {
    formDiagonal: Float64Array.from({ length: size }, (_, j) => (weights[j]! + weights[j + 1]!) / 4),
    formOff: Float64Array.from({ length: size - 1 }, (_, j) => weights[j + 1]! / 4),
    metricDiagonal: Float64Array.from({ length: size }, (_, j) => (1 / tied(j) + 1 / tied(j + 1)) / n),
    metricOff: Float64Array.from({ length: size - 1 }, (_, j) => -1 / tied(j + 1) / n),
  };
}
