import type { Metric } from '../metric.ts';
import { rowsOf, type SweepTable } from '../output/rows.ts';
import type { ParameterValue } from '../plan/design.ts';
import type { PointRecord } from '../record.ts';

/** One combination of values with all its repetitions. */
export interface Configuration {
  /** Place of its first repetition in the plan. */
  readonly point: number;
  readonly values: readonly ParameterValue[];
  readonly records: readonly PointRecord[];
}

/** The finished combinations in plan order; the repetitions of one stand side by side in the plan. */
export function configurationsOf(table: SweepTable): Configuration[] {
  const configurations: { point: number; values: readonly ParameterValue[]; records: PointRecord[] }[] = [];
  for (const { point, values, repeat, record } of rowsOf(table)) {
    const first = point - (repeat - 1);
    const last = configurations.at(-1);
    if (last?.point === first) last.records.push(record);
    else configurations.push({ point: first, values, records: [record] });
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
