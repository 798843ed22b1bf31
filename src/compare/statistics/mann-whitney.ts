import type { TestResult, TwoSamples } from './counts.ts';
import { logChoose } from './gamma.ts';
import { normalTwoSided } from './normal.ts';

export interface MannWhitneyResult extends TestResult {
  /** P(B > A) + P(B = A) / 2: 0.5 when neither tends to be larger (Vargha & Delaney's A, 2000). */
  readonly superiority: number;
}

/** Samples in both together up to which the permutation distribution is counted out. */
const EXACT_UP_TO = 60;

/**
 * Two-sided Wilcoxon-Mann-Whitney test with midranks. `statistic` is U of B. Exact given the ties for small
 * samples; else the normal limit with the variance corrected for ties and a continuity correction
 * (E. L. Lehmann, Nonparametrics, 1975, sections 1.4 and 2.1).
 */
export function mannWhitney(samples: TwoSamples): MannWhitneyResult {
  const { a, b, totalA, totalB } = samples;
  let u = 0;
  let belowA = 0;
  for (let i = 0; i < a.length; i++) {
    u += b[i]! * (belowA + a[i]! / 2);
    belowA += a[i]!;
  }
  const pairs = totalA * totalB;
  const superiority = u / pairs;
  if (totalA + totalB <= EXACT_UP_TO) {
    return { statistic: u, superiority, p: exactP(samples, u), method: 'exact' };
  }
  const deviation = Math.max(0, Math.abs(u - pairs / 2) - 0.5);
  const variance = tieCorrectedVariance(samples);
  const p = variance > 0 ? normalTwoSided(deviation / Math.sqrt(variance)) : 1;
  return { statistic: u, superiority, p, method: 'asymptotic' };
}

/** Variance of U under the permutation distribution: mn/12 (N + 1 - sum(t³ - t) / (N (N - 1))). */
function tieCorrectedVariance({ a, b, totalA, totalB }: TwoSamples): number {
  const n = totalA + totalB;
  let ties = 0;
  for (let i = 0; i < a.length; i++) {
    const t = a[i]! + b[i]!;
    ties += (t / n) * ((t * t - 1) / (n - 1));
  }
  return ((totalA * totalB) / 12) * (n + 1 - ties);
}

/**
 * Counts the ways to choose B's samples among the tie groups by their doubled rank sum; two-sided: all choices
 * whose U is at least as far from its centre.
 */
function exactP({ a, b, totalA, totalB }: TwoSamples, u: number): number {
  let ways: Map<number, number>[] = Array.from({ length: totalB + 1 }, () => new Map());
  ways[0]!.set(0, 1);
  let below = 0;
  for (let i = 0; i < a.length; i++) {
    const tied = a[i]! + b[i]!;
    ways = addGroup(ways, tied, 2 * below + tied + 1);
    below += tied;
  }
  const centre = totalB * (totalA + totalB + 1);
  const distance = Math.abs(2 * u - totalA * totalB) - 1e-9;
  let extreme = 0;
  let all = 0;
  for (const [rankSum, count] of ways[totalB]!) {
    all += count;
    if (Math.abs(rankSum - centre) >= distance) extreme += count;
  }
  return Math.min(1, extreme / all);
}

/** Each member of the group has the doubled midrank `doubledRank`; c of them are chosen in C(tied, c) ways. */
function addGroup(
  ways: readonly Map<number, number>[],
  tied: number,
  doubledRank: number,
): Map<number, number>[] {
  const next: Map<number, number>[] = ways.map(() => new Map());
  ways.forEach((sums, chosen) => {
    for (let c = 0; c <= tied && chosen + c < ways.length; c++) {
      const factor = Math.round(Math.exp(logChoose(tied, c)));
      const target = next[chosen + c]!;
      for (const [rankSum, count] of sums) {
        const key = rankSum + c * doubledRank;
        target.set(key, (target.get(key) ?? 0) + factor * count);
      }
    }
  });
  return next;
}
