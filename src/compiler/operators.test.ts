import fc from 'fast-check';
import { expect, it } from 'vitest';
import { exactInverse } from './operators.ts';
import { known } from './values.ts';

it('multiplies by an inverse only where that is the same, bit by bit', () => {
  fc.assert(
    fc.property(fc.double(), fc.integer({ min: -1100, max: 1100 }), (dividend, exponent) => {
      const divisor = 2 ** exponent;
      const inverse = exactInverse(known(divisor));
      if (inverse === null) expect(Math.abs(exponent)).toBeGreaterThan(1022);
      else expect(dividend * inverse).toBe(dividend / divisor);
    }),
    { numRuns: 5000 },
  );
  for (const divisor of [3, 10, 1_000_000, -2, 0, Number.NaN, Number.POSITIVE_INFINITY])
    expect(exactInverse(known(divisor))).toBeNull();
});
