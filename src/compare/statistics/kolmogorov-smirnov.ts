import type { TestResult, TwoSamples } from './counts.ts';

/** Grid points m * n up to which the permutation distribution is counted out. */
const EXACT_UP_TO = 4_000_000;

/**
 * Two-sided two-sample Kolmogorov-Smirnov test: D is the largest distance of the two distribution functions,
 * exact on tied values. For m * n up to 4 million the p-value is exact given the ties (J. L. Hodges 1958; with
 * ties G. Schröer & D. Trenkler 1995); above it is Kolmogorov's limit, which errs on the safe side with ties.
 */
export function kolmogorovSmirnov(samples: TwoSamples): TestResult {
  const { a, b, totalA, totalB } = samples;
  let distance = 0;
  let sumA = 0;
  let sumB = 0;
  for (let i = 0; i < a.length; i++) {
    sumA += a[i]!;
    sumB += b[i]!;
    distance = Math.max(distance, Math.abs(sumA * totalB - sumB * totalA));
  }
  const statistic = distance / (totalA * totalB);
  if (totalA * totalB <= EXACT_UP_TO) {
    return { statistic, p: exactP(samples, distance), method: 'exact' };
  }
  const lambda = Math.sqrt((totalA * totalB) / (totalA + totalB)) * statistic;
  return { statistic, p: kolmogorovUpper(lambda), method: 'asymptotic' };
}

/** Kolmogorov's limit distribution P(K >= lambda) (N. Smirnov 1948), in the form that converges fast. */
export function kolmogorovUpper(lambda: number): number {
  if (lambda <= 0) return 1;
  if (lambda < 1) {
    let below = 0;
    for (let k = 1; k < 40; k += 2) below += Math.exp(-((k * Math.PI) ** 2) / (8 * lambda * lambda));
    return 1 - (Math.sqrt(2 * Math.PI) / lambda) * below;
  }
  let tail = 0;
  for (let k = 1; k < 40; k++) tail += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * lambda * lambda);
  return tail;
}

/**
 * P(D >= d) over all orders of the pooled samples: a walk over the grid of (samples of A, samples of B) seen so
 * far, which is judged only where a tied group ends. `tail[j]` is the probability that a random walk to (i, j)
 * has touched the boundary; it comes from (i - 1, j) with probability i / (i + j).
 */
function exactP({ a, b, totalA, totalB }: TwoSamples, distance: number): number {
  const groupEnds = new Uint8Array(totalA + totalB + 1);
  let seen = 0;
  for (let i = 0; i < a.length; i++) {
    seen += a[i]! + b[i]!;
    groupEnds[seen] = 1;
  }
  const outside = (i: number, j: number) =>
    groupEnds[i + j] === 1 && Math.abs(i * totalB - j * totalA) >= distance;
  const tail = new Float64Array(totalB + 1);
  for (let i = 0; i <= totalA; i++) {
    for (let j = 0; j <= totalB; j++) {
      if (outside(i, j)) tail[j] = 1;
      else if (i === 0) tail[j] = j === 0 ? 0 : tail[j - 1]!;
      else if (j > 0) tail[j] = (tail[j]! * i + tail[j - 1]! * j) / (i + j);
    }
  }
  return tail[totalB]!;
}
