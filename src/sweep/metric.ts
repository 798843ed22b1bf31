import { UserError } from '../user-error.ts';
import type { PointFigures, PointRecord } from './record.ts';

/** A figure of a point by which points are ranked and drawn: "min", "mean", "max", or a quantile like "p99.9". */
export interface Metric {
  readonly name: string;
  /** In ns; undefined where the point has none. */
  of(record: PointRecord | undefined): number | undefined;
}

export const DEFAULT_METRIC = 'p99';

/** Throws a UserError ("metric-unknown") that names those that the sweep keeps. */
export function metricOf(name: string, quantiles: readonly number[], option: string): Metric {
  const pick = picker(name, quantiles);
  if (pick !== undefined) {
    return {
      name,
      of: (record) => (record === undefined || 'error' in record ? undefined : (pick(record) ?? undefined)),
    };
  }
  throw new UserError('metric-unknown', {
    path: option,
    message: `the sweep keeps no "${name}"`,
    hint: `it keeps ${metricNames(quantiles).join(', ')}; \`quantiles\` in the sweep file adds more`,
  });
}

export function metricNames(quantiles: readonly number[]): string[] {
  return ['min', 'mean', ...quantiles.map(quantileName), 'max'];
}

/** 99.9 → "p99.9" */
export function quantileName(percent: number): string {
  return `p${percent}`;
}

function picker(
  name: string,
  quantiles: readonly number[],
): ((figures: PointFigures) => number | null) | undefined {
  if (name === 'min') return ({ min_ns }) => min_ns;
  if (name === 'mean') return ({ mean_ns }) => mean_ns;
  if (name === 'max') return ({ max_ns }) => max_ns;
  const position = quantiles.findIndex((percent) => quantileName(percent) === name);
  return position < 0 ? undefined : ({ quantiles_ns }) => quantiles_ns[position];
}

/** The quantile next to the default that the sweep keeps. */
export function defaultMetric(quantiles: readonly number[]): string {
  return quantiles.includes(99) ? DEFAULT_METRIC : quantileName(quantiles[Math.floor(quantiles.length / 2)]);
}
