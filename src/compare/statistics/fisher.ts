import { logChoose } from './gamma.ts';
import { normalTwoSided } from './normal.ts';

/** Hits in both together up to which the hypergeometric distribution is added up. */
const EXACT_UP_TO = 20_000;

/**
 * Two-sided test that two shares are equal, `hitsA` of `totalA` against `hitsB` of `totalB`: Fisher's exact test
 * (all tables that are no more likely than the one seen; A. Agresti, Categorical Data Analysis, 3.5) while hits
 * are few, else the pooled normal approximation of the same hypergeometric distribution.
 */
export function sharesDifferP(hitsA: number, totalA: number, hitsB: number, totalB: number): number {
  const hits = hitsA + hitsB;
  const total = totalA + totalB;
  if (hits === 0 || hits === total) return 1;
  if (2 * hits > total) return sharesDifferP(totalA - hitsA, totalA, totalB - hitsB, totalB);
  if (hits > EXACT_UP_TO) {
    const variance = ((hits * (total - hits)) / total / total) * ((totalA * totalB) / (total - 1));
    const deviation = Math.abs(hitsA - (hits * totalA) / total) - 0.5;
    return normalTwoSided(Math.max(0, deviation) / Math.sqrt(variance));
  }
  return fisher(hitsA, hits, totalA, totalB);
}

function fisher(hitsA: number, hits: number, totalA: number, totalB: number): number {
  const least = Math.max(0, hits - totalB);
  const most = Math.min(hits, totalA);
  const all = logChoose(totalA + totalB, hits);
  const logP = (k: number) => logChoose(totalA, k) + logChoose(totalB, hits - k) - all;
  const seen = logP(hitsA) + 1e-7;
  let p = 0;
  for (let k = least; k <= most; k++) {
    const candidate = logP(k);
    if (candidate <= seen) p += Math.exp(candidate);
  }
  return Math.min(1, p);
}
