import type { Metric } from '../metric.ts';
import type { SweepTable } from '../output/rows.ts';
import type { ParameterValue } from '../plan/design.ts';
import type { PointRecord } from '../record.ts';

/** One combination of values with all its repetitions. */
export interface Configuration {
  /** Place of its first repetition in the plan. */
  readonly point: number;
  readonly values: readonly ParameterValue[];
  /** Of the repetitions that are finished. */
  readonly records: readonly PointRecord[];
}

/** Looks everything up when it is asked for: a million of them fit in memory. */
class PlannedConfiguration implements Configuration {
  readonly point: number;
  readonly #table: SweepTable;

  constructor(table: SweepTable, point: number) {
    this.#table = table;
    this.point = point;
  }

  get values(): readonly ParameterValue[] {
    return this.#table.plan.point(this.point).values;
  }

  get records(): readonly PointRecord[] {
    const { plan, results } = this.#table;
    const places = Array.from({ length: plan.repeats }, (_, repeat) => this.point + repeat);
    return places.map((place) => results.get(place)).filter((record) => record !== undefined);
  }
}

/** The combinations of which a repetition is finished, in plan order; repetitions stand side by side in the plan. */
export function configurationsOf(table: SweepTable): Configuration[] {
  const { plan, results } = table;
  const configurations: Configuration[] = [];
  for (let first = 0; first < plan.size; first += plan.repeats) {
    let isPresent = false;
    for (let repeat = 0; repeat < plan.repeats; repeat++) isPresent ||= results.has(first + repeat);
    if (isPresent) configurations.push(new PlannedConfiguration(table, first));
  }
  return configurations;
}

/** Mean of the metric over the repetitions, in ns; undefined when none of them has it. */
export function meanOf(metric: Metric, { records }: Configuration): number | undefined {
  const known = records.map((record) => metric.of(record)).filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length;
}

export interface Scored {
  readonly configuration: Configuration;
  readonly value: number;
}

/** Those that have the metric, least first; equal ones in plan order. */
export function ranked(configurations: readonly Configuration[], metric: Metric): Scored[] {
  return configurations
    .flatMap((configuration) => {
      const value = meanOf(metric, configuration);
      return value === undefined ? [] : [{ configuration, value }];
    })
    .sort((one, other) => one.value - other.value || one.configuration.point - other.configuration.point);
}
