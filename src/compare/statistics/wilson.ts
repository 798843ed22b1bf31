import { normalQuantile } from './normal.ts';

/** Score interval of a share, `hits` of `n`. E. B. Wilson, JASA 22 (1927). */
export function wilsonInterval(hits: number, n: number, level: number): { low: number; high: number } {
  const z = normalQuantile(1 - (1 - level) / 2);
  const share = hits / n;
  const spread = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  const centre = share + (z * z) / (2 * n);
  return {
    low: hits === 0 ? 0 : (centre - spread) / scale,
    high: hits === n ? 1 : (centre + spread) / scale,
  };
}
