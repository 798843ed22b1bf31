import { gammaQ } from './gamma.ts';

/** P(Z > z) of the standard normal distribution, with full relative accuracy in the tail. */
export function normalUpper(z: number): number {
  const tail = 0.5 * gammaQ(0.5, (z * z) / 2);
  return z >= 0 ? tail : 1 - tail;
}

/** P(|Z| >= |z|). */
export function normalTwoSided(z: number): number {
  return gammaQ(0.5, (z * z) / 2);
}

/**
 * z with P(Z <= z) = p, 0 < p < 1: Newton steps with Halley's correction from a logistic first guess.
 */
export function normalQuantile(p: number): number {
  if (p === 0.5) return 0;
  if (p > 0.5) return -normalQuantile(1 - p);
  let z = -Math.sqrt(-2 * Math.log(p)) * 0.85;
  for (let i = 0; i < 60; i++) {
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    const newton = (normalUpper(-z) - p) / density;
    const step = newton / Math.max(0.5, 1 + (z * newton) / 2);
    z -= step;
    if (Math.abs(step) < 1e-14 * Math.max(1, Math.abs(z))) break;
  }
  return z;
}
