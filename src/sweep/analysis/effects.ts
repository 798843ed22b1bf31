import { extent } from '../../report/svg/extent.ts';
import type { Scored } from './configurations.ts';
import type { Factor } from './factors.ts';
import { cellMeans, type Level, levelsOf, meanValue } from './levels.ts';

/** What one factor does on average over all others. */
export interface MainEffect {
  readonly factor: Factor;
  /** With the mean of the metric at each level, in ns. */
  readonly levels: readonly (Level & { readonly mean: number })[];
  /** Highest less lowest mean, in ns. */
  readonly span: number;
  /** Share of the variance between points that the levels account for, 0 to 1. */
  readonly share: number;
}

/** How much the effect of one factor depends on the level of another. */
export interface Interaction {
  readonly factors: readonly [Factor, Factor];
  /** Largest distance of a cell's mean from the sum of the two main effects, in ns. */
  readonly strength: number;
}

/** Largest effect first. Factors with fewer than two levels have none. */
export function mainEffects(points: readonly Scored[], factors: readonly Factor[]): MainEffect[] {
  const total = sumOfSquares(points, meanValue(points));
  return factors
    .map((factor) => {
      const levels = levelsOf(points, factor).map((level) => ({ ...level, mean: meanValue(level.points) }));
      const grand = meanValue(points);
      const between = levels.reduce(
        (sum, { mean, points: { length } }) => sum + length * (mean - grand) ** 2,
        0,
      );
      const [low, high] = extent(levels.map(({ mean }) => mean));
      return { factor, levels, span: high - low, share: total === 0 ? 0 : between / total };
    })
    .filter(({ levels }) => levels.length > 1)
    .sort((one, other) => other.span - one.span);
}

/** Every pair of factors, strongest first. */
export function interactions(points: readonly Scored[], factors: readonly Factor[]): Interaction[] {
  const grand = meanValue(points);
  const known = factors
    .map((factor) => ({ factor, levels: levelsOf(points, factor) }))
    .filter(({ levels }) => levels.length > 1);
  return known
    .flatMap((one, index) =>
      known.slice(index + 1).map((other) => ({
        factors: [one.factor, other.factor] as const,
        strength: largestResidual(one.levels, other.levels, grand),
      })),
    )
    .sort((one, other) => other.strength - one.strength);
}

/** Over all combinations of levels that have points: how far a mean is from what the two main effects predict. */
function largestResidual(rows: readonly Level[], columns: readonly Level[], grand: number): number {
  const rowMeans = rows.map(({ points }) => meanValue(points));
  const columnMeans = columns.map(({ points }) => meanValue(points));
  let largest = 0;
  for (const [r, row] of cellMeans(rows, columns).entries()) {
    for (const [c, mean] of row.entries()) {
      if (mean !== undefined)
        largest = Math.max(largest, Math.abs(mean - rowMeans[r] - columnMeans[c] + grand));
    }
  }
  return largest;
}

function sumOfSquares(points: readonly Scored[], mean: number): number {
  return points.reduce((sum, { value }) => sum + (value - mean) ** 2, 0);
}
