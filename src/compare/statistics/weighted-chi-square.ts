/** Chebyshev nodes of each interval's integral. */
const NODES = 40;

/**
 * P(sum of weight_i Z_i² > x) for independent standard normal Z_i and distinct weights, descending. Weights that
 * were left out enter by `total`, the sum of all of them, as a shift. N. V. Smirnov's series (1937), as given by
 * J. Durbin, Distribution Theory for Tests Based on the Sample Distribution Function (1973), section 4.4:
 * integrals between the poles 1/weight of each odd weight and the next even one, with alternating sign.
 */
export function weightedChiSquareUpper(x: number, weights: readonly number[], total: number): number {
  const used = weights.reduce((sum, weight) => sum + weight, 0);
  const shifted = x - Math.max(0, total - used);
  if (shifted <= 0) return 1;
  let tail = 0;
  for (let i = 0; i < weights.length; i += 2) {
    const term = i + 1 < weights.length ? between(shifted, weights, i) : beyond(shifted, weights);
    tail += i % 4 === 0 ? term : -term;
    if (term < 1e-16 * tail) break;
  }
  return Math.min(1, Math.max(0, tail));
}

/** The integral from 1/weight_i to 1/weight_(i+1): Gauss-Chebyshev takes up the poles at both ends. */
function between(x: number, weights: readonly number[], i: number): number {
  const from = 1 / weights[i]!;
  const to = 1 / weights[i + 1]!;
  let sum = 0;
  for (let node = 0; node < NODES; node++) {
    const u = (from + to) / 2 + ((to - from) / 2) * Math.cos(((node + 0.5) / NODES) * Math.PI);
    sum += Math.exp((-u * x) / 2 - 0.5 * logOthers(u, weights, i, i + 1)) / u;
  }
  return sum / NODES / Math.sqrt(weights[i]! * weights[i + 1]!);
}

/** The last integral, from 1/weight to infinity, when the number of weights is odd: u = (1 + t²) / weight. */
function beyond(x: number, weights: readonly number[]): number {
  const last = weights.length - 1;
  const from = 1 / weights[last]!;
  const step = Math.min(0.05, 0.05 / Math.sqrt(from * x));
  let sum = 0;
  for (let k = 0; ; k++) {
    const t = k * step;
    const u = from * (1 + t * t);
    const value = Math.exp((-u * x) / 2 - 0.5 * logOthers(u, weights, last, last)) / (1 + t * t);
    sum += k === 0 ? value / 2 : value;
    if (value < 1e-18 * sum || k > 100_000) break;
  }
  return (2 * sum * step) / Math.PI;
}

/** ln of the product of |1 - u weight_k| over all k but two. */
function logOthers(u: number, weights: readonly number[], skip: number, alsoSkip: number): number {
  let log = 0;
  for (let k = 0; k < weights.length; k++) {
    if (k !== skip && k !== alsoSkip) log += Math.log(Math.abs(1 - u * weights[k]!));
  }
  return log;
}
