import { describe, expect, it } from 'vitest';
import { createSampler, halton, MAX_DIMENSIONS } from './sampling.ts';
import { SOBOL_MAX_DIMENSIONS, sobol } from './sobol.ts';

const SCIPY_1000 = [0.2197265625, 0.9072265625, 0.0849609375, 0.3701171875, 0.5224609375];

describe('sobol', () => {
  it('gives the published first points', () => {
    const points = [1, 2, 3, 4, 5].map((index) => [0, 1, 2, 3].map((dimension) => sobol(index, dimension)));
    expect(points).toEqual([
      [0.5, 0.5, 0.5, 0.5],
      [0.75, 0.25, 0.25, 0.25],
      [0.25, 0.75, 0.75, 0.75],
      [0.375, 0.375, 0.625, 0.875],
      [0.875, 0.875, 0.125, 0.375],
    ]);
  });
  it('agrees with SciPy 1.17 (qmc.Sobol, 32 bits) far into the sequence and in the last dimension', () => {
    const far = [0, 5, 10, 15, 20].map((dimension) => sobol(1000, dimension));
    expect(far).toEqual(SCIPY_1000);
  });
  it('puts one of 2^k points in each of 2^k strata, shifted or not', () => {
    for (let dimension = 0; dimension < SOBOL_MAX_DIMENSIONS; dimension++) {
      for (const shift of [0, 0x5eed1234]) {
        const strata = new Set(
          Array.from({ length: 256 }, (_, i) => Math.floor(sobol(i, dimension, shift) * 256)),
        );
        expect(strata.size).toBe(256);
      }
    }
  });
});

describe('halton', () => {
  it('is the radical inverse', () => {
    expect([0, 1, 2, 3, 4].map((index) => halton(index, 0))).toEqual([0.5, 0.25, 0.75, 0.125, 0.625]);
    expect(halton(4, 1)).toBeCloseTo(7 / 9, 12);
  });
});

describe('createSampler', () => {
  const methods = ['random', 'latin-hypercube', 'sobol', 'halton'] as const;
  it('fills every tenth of every dimension, within [0, 1), the same for the same seed', () => {
    for (const method of methods) {
      const dimensions = Math.min(12, MAX_DIMENSIONS[method]);
      const one = createSampler(method, 512, dimensions, 'a');
      const two = createSampler(method, 512, dimensions, 'a');
      const other = createSampler(method, 512, dimensions, 'b');
      for (let dimension = 0; dimension < dimensions; dimension++) {
        const column = Array.from({ length: 512 }, (_, index) => one(index, dimension));
        expect(Math.min(...column)).toBeGreaterThanOrEqual(0);
        expect(Math.max(...column)).toBeLessThan(1);
        expect(new Set(column.map((x) => Math.floor(x * 10))).size).toBe(10);
        expect(column).toEqual(Array.from({ length: 512 }, (_, index) => two(index, dimension)));
        expect(column).not.toEqual(Array.from({ length: 512 }, (_, index) => other(index, dimension)));
      }
    }
  });
  it('latin hypercube: exactly one point in each stratum', () => {
    const sampler = createSampler('latin-hypercube', 37, 3, 'x');
    for (const dimension of [0, 1, 2]) {
      const strata = Array.from({ length: 37 }, (_, index) => Math.floor(sampler(index, dimension) * 37));
      expect([...strata].sort((a, b) => a - b)).toEqual(Array.from({ length: 37 }, (_, index) => index));
    }
  });
});
