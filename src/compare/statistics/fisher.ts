import { logChoose } from './gamma.ts';
import { normalTwoSided } from './normal.ts';

/** Hits in both together up to which the hypergeometric distribution is added up. */
const EXACT_UP_TO = 5_000;

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

/** The ratio of neighbouring tables is a fraction, so that only the first needs binomial coefficients. */
function fisher(hitsA: number, hits: number, totalA: number, totalB: number): number {
  const least = Math.max(0, hits - totalB);
  const most = Math.min(hits, totalA);
  const all = logChoose(totalA + totalB, hits);
  const logP = new Float64Array(most - least + 1);
  logP[0] = logChoose(totalA, least) + logChoose(totalB, hits - least) - all;
  for (let k = least; k < most; k++) {
    const ratio = ((hits - k) / (k + 1)) * ((totalA - k) / (totalB - hits + k + 1));
    logP[k - least + 1] = logP[k - least]! + Math.log(ratio);
  }
  const seen = logP[hitsA - least]! + 1e-7;
  let p = 0;
  for (const candidate of logP) if (candidate <= seen) p += Math.exp(candidate);
  return Math.min(1, p);
}
