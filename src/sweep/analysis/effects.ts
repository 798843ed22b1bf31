import type { Scored } from './configurations.ts';
import type { Factor } from './factors.ts';
import { type Level, levelsOf, meanValue } from './levels.ts';

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
      const means = levels.map(({ mean }) => mean);
      const grand = meanValue(points);
      const between = levels.reduce(
        (sum, { mean, points: { length } }) => sum + length * (mean - grand) ** 2,
        0,
      );
      const span = Math.max(...means) - Math.min(...means);
      return { factor, levels, span, share: total === 0 ? 0 : between / total };
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
        strength: Math.max(...residuals(one.levels, other.levels, grand).map(Math.abs)),
      })),
    )
    .sort((one, other) => other.strength - one.strength);
}

/** Of each combination of levels that has points: its mean less what the two main effects predict. */
function residuals(rows: readonly Level[], columns: readonly Level[], grand: number): number[] {
  return rows.flatMap((row) => {
    const inRow = new Set(row.points);
    const rowMean = meanValue(row.points);
    return columns.flatMap((column) => {
      const cell = column.points.filter((point) => inRow.has(point));
      return cell.length === 0 ? [] : [meanValue(cell) - rowMean - meanValue(column.points) + grand];
    });
  });
}

function sumOfSquares(points: readonly Scored[], mean: number): number {
  return points.reduce((sum, { value }) => sum + (value - mean) ** 2, 0);
}
