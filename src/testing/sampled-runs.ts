import type { ResultDocument, ThreadResult } from '../measurement/result-document.ts';
import { documentOf } from './results.ts';

/** Uniform numbers in [0, 1): mulberry32, fast and good enough to draw test data. */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A latency in ns as guests under KVM show it: a floor, a skewed bulk (exponential), one loop in 50 delayed by a tick
 * and one in 3000 by something long with a heavy tail.
 */
function latencyNs(random: () => number): number {
  const bulk = 4_200 - 900 * Math.log(1 - random());
  const kind = random();
  if (kind < 1 / 3000) return bulk + 8_000 * (1 - random()) ** -0.4;
  return kind < 1 / 50 ? bulk + 1_500 + 3_000 * random() : bulk;
}

/**
 * A simulated run of `loops` independent latencies in bins of 10 ns. `scale` stretches every latency: 1.02 is a mean
 * higher by 2 %.
 */
export function sampledRun(
  seed: number,
  loops: number,
  scale = 1,
  more: Partial<ResultDocument> = {},
): ResultDocument {
  const random = uniform(seed);
  const counts = new Map<number, number>();
  let sum = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = 0;
  for (let loop = 0; loop < loops; loop++) {
    const ns = Math.floor(latencyNs(random) * scale);
    const bin = Math.floor(ns / 10);
    counts.set(bin, (counts.get(bin) ?? 0) + 1);
    sum += ns;
    min = Math.min(min, ns);
    max = Math.max(max, ns);
  }
  const thread: ThreadResult = {
    name: '0',
    binWidthNs: 10,
    bins: [...counts].sort(([a], [b]) => a - b),
    censored: null,
    samples: loops,
    minNs: min,
    maxNs: max,
    meanNs: sum / loops,
    cycles: { tsc_khz: 1_000_000, min, max, sum },
    ledger: null,
    worst: null,
    overflow_cycles: null,
  };
  const scenario = { name: 'sampled', host: { kvm: { enable_hv_timer: true } }, seed: String(seed) };
  const identity = { scenario, scenario_hash: `hash of ${seed}`, seed: String(seed) };
  return documentOf([thread], { name: 'sampled', ...identity, ...more });
}
