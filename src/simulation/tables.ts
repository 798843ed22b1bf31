/**
 * Tables that turn one random integer into a draw from a distribution. They are built once from exact arithmetic
 * (no transcendental function whose last bit may differ between machines), and drawing is one load.
 */

/** Entries of a quantile table: the draw's top bits choose one, each equally likely. */
export const QUANTILE_BITS = 10;
export const QUANTILE_ENTRIES = 1 << QUANTILE_BITS;
export const QUANTILE_SHIFT = 32 - QUANTILE_BITS;

/** Quantiles of the number of successes in `trials` independent trials of probability `chance`. */
export function binomialQuantiles(trials: number, chance: number): Uint16Array {
  return quantiles(binomialProbabilities(trials, chance));
}

/** Mid-point quantiles of a distribution over 0, 1, 2, … given by its probabilities. */
export function quantiles(probabilities: Float64Array): Uint16Array {
  const table = new Uint16Array(QUANTILE_ENTRIES);
  let value = 0;
  let cumulative = probabilities[0];
  for (let entry = 0; entry < QUANTILE_ENTRIES; entry++) {
    const target = (entry + 0.5) / QUANTILE_ENTRIES;
    while (cumulative < target && value < probabilities.length - 1) cumulative += probabilities[++value];
    table[entry] = value;
  }
  return table;
}

/** Probabilities of 0 … trials successes, by repeated convolution: only + and *, so the same bits everywhere. */
export function binomialProbabilities(trials: number, chance: number): Float64Array {
  const probabilities = new Float64Array(trials + 1);
  probabilities[0] = 1;
  for (let trial = 1; trial <= trials; trial++) {
    for (let successes = trial; successes > 0; successes--) {
      probabilities[successes] =
        probabilities[successes] * (1 - chance) + probabilities[successes - 1] * chance;
    }
    probabilities[0] *= 1 - chance;
  }
  return probabilities;
}

/**
 * Quantiles of the standard exponential distribution, in units of 2^-20: waiting times of memoryless arrivals.
 * -ln(1 - u) by the series of the inverse hyperbolic tangent, since Math.log may differ in its last bit.
 */
export function exponentialQuantiles(entries: number): Float64Array {
  const table = new Float64Array(entries);
  for (let entry = 0; entry < entries; entry++) {
    table[entry] = Math.round(negativeLog((entries - entry - 0.5) / entries) * 2 ** 20);
  }
  return table;
}

// biome-ignore lint/suspicious/noApproximativeNumericConstant: its every bit is stated, not looked up
const LN2 = 0.6931471805599453;

/** -ln(x) for 0 < x <= 1, from + - * / only (IEEE 754 fixes their every bit). */
export function negativeLog(x: number): number {
  let halvings = 0;
  let mantissa = x;
  while (mantissa < 0.75) {
    mantissa *= 2;
    halvings++;
  }
  const ratio = (mantissa - 1) / (mantissa + 1);
  let power = ratio;
  let sum = 0;
  for (let odd = 1; odd < 40; odd += 2) {
    sum += power / odd;
    power *= ratio * ratio;
  }
  return halvings * LN2 - 2 * sum;
}

/** e^-x for x >= 0, from + - * / only. */
export function negativeExponential(x: number): number {
  if (x > 700) return 0;
  let reduced = x;
  let squarings = 0;
  while (reduced > 0.125) {
    reduced /= 2;
    squarings++;
  }
  let term = 1;
  let sum = 1;
  for (let order = 1; order < 16; order++) {
    term *= -reduced / order;
    sum += term;
  }
  for (let index = 0; index < squarings; index++) sum *= sum;
  return sum;
}
