import seedrandom from 'seedrandom';
import type { SAMPLE_METHODS } from '../schema.ts';
import { SOBOL_MAX_DIMENSIONS, sobol } from './sobol.ts';

export type SampleMethod = (typeof SAMPLE_METHODS)[number];

/** Coordinate of point `index` in dimension `dimension`, in [0, 1): the same for the same method, size and seed. */
export type Sampler = (index: number, dimension: number) => number;

/** Dimensions that a method can fill well; more are refused when the sweep is loaded. */
export const MAX_DIMENSIONS: Record<SampleMethod, number> = {
  random: 1000,
  'latin-hypercube': 1000,
  sobol: SOBOL_MAX_DIMENSIONS,
  halton: 12,
};

export function createSampler(
  method: SampleMethod,
  points: number,
  dimensions: number,
  seed: string,
): Sampler {
  switch (method) {
    case 'random':
      return tabulated(points, dimensions, seed, uniformColumn);
    case 'latin-hypercube':
      return tabulated(points, dimensions, seed, stratifiedColumn);
    case 'sobol': {
      const shifts = offsets(dimensions, seed).map((offset) => Math.floor(offset * 2 ** 32) | 0);
      return (index, dimension) => sobol(index, dimension, shifts[dimension]);
    }
    case 'halton': {
      // Cranley-Patterson rotation: moves the sequence as a whole, off its first points near the corner.
      const shifts = offsets(dimensions, seed);
      return (index, dimension) => (halton(index, dimension) + shifts[dimension]) % 1;
    }
  }
}

type Random = () => number;

function tabulated(
  points: number,
  dimensions: number,
  seed: string,
  column: (points: number, random: Random) => Float64Array,
): Sampler {
  const columns = Array.from({ length: dimensions }, (_, dimension) =>
    column(points, seedrandom(`${seed}/sweep-sample/${dimension}`)),
  );
  return (index, dimension) => columns[dimension][index];
}

function uniformColumn(points: number, random: Random): Float64Array {
  return new Float64Array(points).map(random);
}

/** One point in each of `points` equal strata, the strata in random order. */
function stratifiedColumn(points: number, random: Random): Float64Array {
  const column = new Float64Array(points).map((_, index) => index);
  for (let last = points - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [column[last], column[other]] = [column[other], column[last]];
  }
  return column.map((stratum) => (stratum + random()) / points);
}

function offsets(dimensions: number, seed: string): number[] {
  const random = seedrandom(`${seed}/sweep-shift`);
  return Array.from({ length: dimensions }, () => random());
}

const PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37] as const;

/** The radical inverse of the index in the dimension's prime base. */
export function halton(index: number, dimension: number): number {
  const base = PRIMES[dimension];
  let fraction = 1;
  let value = 0;
  for (let rest = index + 1; rest > 0; rest = Math.floor(rest / base)) {
    fraction /= base;
    value += fraction * (rest % base);
  }
  return value;
}
