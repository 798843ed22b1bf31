import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calcMultShift, KernelClock, mulShift } from './clock.ts';

describe('calcMultShift', () => {
  /** Values that Linux computes for the LAPIC clock event (TSC / 8, 600 s). */
  it.each([
    [3_000_000, 12_582_912],
    [2_000_000, 8_388_608],
    [2_100_000, 8_808_038],
    [2_600_000, 10_905_190],
  ])('gives the mult of a TSC of %i kHz at shift 25', (tscKhz, mult) => {
    expect(calcMultShift(1e9, tscKhz * 125, 600)).toEqual({ mult, shift: 25, unit: 2 ** -25 });
  });
});

describe('mulShift', () => {
  it('is exact for products of any size', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.maxSafeNat(),
          fc.nat(2 ** 41 + 1000),
          fc.integer({ min: 2 ** 41 - 9, max: 2 ** 41 + 9 }),
          // Products on both sides of what is told exactly.
          fc.integer({ min: 2 ** 20, max: 2 ** 23 }),
        ),
        fc.nat(2 ** 32 - 1),
        fc.integer({ min: 1, max: 32 }),
        (value, mult, shift) => {
          const exact = (BigInt(value) * BigInt(mult)) >> BigInt(shift);
          expect(mulShift(value, { mult, shift, unit: 2 ** -shift })).toBe(Number(exact));
        },
      ),
    );
  });
});

describe('KernelClock', () => {
  it('never runs backwards, and tscAt is the first moment of a reading', () => {
    const khz = fc.integer({ min: 800_000, max: 5_000_000 });
    fc.assert(
      fc.property(khz, fc.array(fc.integer({ min: 1, max: 1e9 }), { maxLength: 30 }), (tscKhz, steps) => {
        const clock = new KernelClock(tscKhz);
        let tsc = 0;
        let before = clock.read(0);
        for (const step of steps) {
          tsc += step;
          const now = clock.read(tsc);
          expect(now).toBeGreaterThanOrEqual(before);
          before = now;
          const first = clock.tscAt(now + 1000);
          expect(clock.read(first)).toBeGreaterThanOrEqual(now + 1000);
        }
      }),
    );
  });

  it('keeps the rate over ten minutes', () => {
    const clock = new KernelClock(2_294_684);
    for (let second = 1; second <= 600; second++) clock.read(second * 2_294_684_000);
    expect(Math.abs(clock.read(600 * 2_294_684_000) - 600e9) / 600e9).toBeLessThan(1e-6);
  });
});
