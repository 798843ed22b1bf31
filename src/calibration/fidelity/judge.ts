import type { ExperimentRow, Published, Tolerance } from './schema.ts';

/** A row of the scoreboard: what was published and what the model says. */
export interface Score {
  readonly experiment: string;
  readonly row: ExperimentRow;
  /** Hashes of the scenarios that ran, seeds aside: the run, and the other one of a difference. */
  readonly scenarioHashes: readonly string[];
  /** One value for each seed, in their order. */
  readonly values: readonly number[];
  readonly median: number;
  /** Half the distance between the least and the greatest value. */
  readonly spread: number;
  /** Relative to what was published, in percent; null where that is zero. */
  readonly errorPercent: number | null;
  /** Whether an effect has the published direction; null for a row that is no difference. */
  readonly signRight: boolean | null;
  readonly withinTolerance: boolean;
}

/** What running a row gave. */
export interface Outcome {
  readonly scenarioHashes: readonly string[];
  readonly values: readonly number[];
}

export function judge(experiment: string, row: ExperimentRow, { scenarioHashes, values }: Outcome): Score {
  const median = medianOf(values);
  const goal = nearestPublished(row.published, median);
  const isEffect = row.metric.measure === 'gain' || row.metric.measure === 'gain-percent';
  return {
    experiment,
    row,
    scenarioHashes,
    values,
    median,
    spread: (Math.max(...values) - Math.min(...values)) / 2,
    errorPercent: goal === 0 ? null : 100 * (median / goal - 1) * Math.sign(goal),
    signRight: isEffect ? Math.sign(median) === Math.sign(goal) : null,
    withinTolerance: isWithin(median, goal, row.tolerance),
  };
}

/** The published value, or the point of a published range that is nearest. */
function nearestPublished(published: Published, value: number): number {
  if ('value' in published) return published.value;
  return Math.min(Math.max(value, published.from), published.to);
}

function isWithin(value: number, goal: number, tolerance: Tolerance): boolean {
  if ('absolute' in tolerance) return Math.abs(value - goal) <= tolerance.absolute;
  if ('percent' in tolerance) return Math.abs(value - goal) <= (Math.abs(goal) * tolerance.percent) / 100;
  return value >= goal / tolerance.factor && value <= goal * tolerance.factor;
}

export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export interface Summary {
  readonly rows: number;
  /** Median of the errors without their signs, in percent; null when no row has one. */
  readonly medianErrorPercent: number | null;
  readonly wrongSigns: number;
  readonly outside: number;
}

/** What a reader who suspects curve fitting asks first: how well rows come out that nothing was fitted to. */
export function summarise(scores: readonly Score[], kind: 'calibrated' | 'predicted'): Summary {
  const chosen = scores.filter(({ row }) => row.kind === kind);
  const errors = chosen.flatMap(({ errorPercent }) =>
    errorPercent === null ? [] : [Math.abs(errorPercent)],
  );
  return {
    rows: chosen.length,
    medianErrorPercent: errors.length === 0 ? null : medianOf(errors),
    wrongSigns: chosen.filter(({ signRight }) => signRight === false).length,
    outside: chosen.filter(({ withinTolerance }) => !withinTolerance).length,
  };
}
