/**
 * Sobol's low-discrepancy sequence, with the direction numbers of S. Joe and F. Y. Kuo ("Constructing Sobol
 * sequences with better two-dimensional projections", SIAM J. Sci. Comput. 30, 2008; file new-joe-kuo-6.21201).
 */
const BITS = 32;

/** One row for each dimension from the second on: polynomial coefficients a, then the initial m. */
const JOE_KUO: readonly (readonly [a: number, m: readonly number[]])[] = [
  [0, [1]],
  [1, [1, 3]],
  [1, [1, 3, 1]],
  [2, [1, 1, 1]],
  [1, [1, 1, 3, 3]],
  [4, [1, 3, 5, 13]],
  [2, [1, 1, 5, 5, 17]],
  [4, [1, 1, 5, 5, 5]],
  [7, [1, 1, 7, 11, 19]],
  [11, [1, 1, 5, 1, 1]],
  [13, [1, 1, 1, 3, 11]],
  [14, [1, 3, 5, 5, 31]],
  [1, [1, 3, 3, 9, 7, 49]],
  [13, [1, 1, 1, 15, 21, 21]],
  [16, [1, 3, 1, 13, 27, 49]],
  [19, [1, 1, 1, 15, 7, 5]],
  [22, [1, 3, 1, 15, 13, 25]],
  [25, [1, 1, 5, 5, 19, 61]],
  [1, [1, 3, 7, 11, 23, 15, 103]],
  [4, [1, 3, 7, 13, 13, 15, 69]],
];

export const SOBOL_MAX_DIMENSIONS = JOE_KUO.length + 1;

/**
 * Coordinate of point `index` in dimension `dimension` (both 0-based), in [0, 1). A digital shift (32 bits, xor)
 * moves the points but keeps one of every 2^k consecutive points in each of 2^k equal strata.
 */
export function sobol(index: number, dimension: number, digitalShift = 0): number {
  const directions = directionsOf(dimension);
  const gray = (index ^ (index >>> 1)) >>> 0;
  let x = digitalShift;
  for (let bit = 0; bit < BITS && gray >>> bit !== 0; bit++) {
    if ((gray >>> bit) & 1) x ^= directions[bit];
  }
  return (x >>> 0) / 2 ** BITS;
}

const cache: Uint32Array[] = [];

function directionsOf(dimension: number): Uint32Array {
  cache[dimension] ??= computeDirections(dimension);
  return cache[dimension];
}

function computeDirections(dimension: number): Uint32Array {
  const v = new Uint32Array(BITS);
  if (dimension === 0) {
    for (let bit = 0; bit < BITS; bit++) v[bit] = 2 ** (BITS - 1 - bit);
    return v;
  }
  const [a, m] = JOE_KUO[dimension - 1];
  const degree = m.length;
  for (let bit = 0; bit < BITS; bit++) {
    if (bit < degree) {
      v[bit] = m[bit] * 2 ** (BITS - 1 - bit);
      continue;
    }
    let value = v[bit - degree] ^ (v[bit - degree] >>> degree);
    for (let k = 1; k < degree; k++) if ((a >>> (degree - 1 - k)) & 1) value ^= v[bit - k];
    v[bit] = value >>> 0;
  }
  return v;
}
