import type { Candidate } from '../analysis/goal.ts';
import { valueText } from '../describe.ts';
import { quantileName } from '../metric.ts';
import type { ParameterValue } from '../plan/design.ts';
import type { PointFigures } from '../record.ts';
import { rowsOf, type SweepRow, type SweepTable } from './rows.ts';

const NO_FIGURES: PointFigures = { samples: 0, min_ns: null, mean_ns: null, max_ns: null, quantiles_ns: [] };

/** Comma-separated values, RFC 4180: a line of names, then one line for each point. Times in ns. */
export function* csv(table: SweepTable): Generator<string> {
  const { sweep } = table.plan.definition;
  const quantiles = sweep.quantiles.map((percent) => `${quantileName(percent)}_ns`);
  const figures = ['samples', 'min_ns', 'mean_ns', ...quantiles, 'max_ns'];
  yield csvLine(['point', ...table.plan.parameters, 'repeat', ...figures, 'warnings', 'error']);
  for (const row of rowsOf(table)) {
    const error = 'error' in row.record ? row.record.error : '';
    const {
      samples,
      min_ns,
      mean_ns,
      quantiles_ns,
      max_ns,
      warnings = [],
    } = 'error' in row.record ? NO_FIGURES : row.record;
    const times = [min_ns, mean_ns, ...sweep.quantiles.map((_, index) => quantiles_ns[index]), max_ns];
    yield csvLine([
      String(row.point),
      ...table.plan.parameters.map((_, index) => valueText(row.values[index])),
      String(row.repeat),
      String(samples),
      ...times.map((value) => (value === null || value === undefined ? '' : String(value))),
      warnings.join('; '),
      error,
    ]);
  }
}

function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\n`;
}

/** One JSON object a line for each point. */
export function* ndjson(table: SweepTable): Generator<string> {
  for (const row of rowsOf(table)) yield `${JSON.stringify(plainRow(table, row))}\n`;
}

/** The whole sweep as one document: what was run, the best points when goals were given, then all points. */
export function* json(table: SweepTable, best?: readonly Candidate[]): Generator<string> {
  const { definition, hash, parameters, size } = table.plan;
  const { base, name, quantiles } = definition.sweep;
  const head = {
    document: 'kvmtimer-sweep-result',
    schema_version: 1,
    kvmtimer_version: definition.kvmtimer_version,
    name,
    plan_hash: hash,
    partial: table.results.count < size,
    parameters,
    quantiles,
    base,
    best: best?.map(({ configuration: { point, values } }) => ({ point, parameters: named(table, values) })),
  };
  yield `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "points": [`;
  let separator = '\n    ';
  for (const row of rowsOf(table)) {
    yield `${separator}${JSON.stringify(plainRow(table, row))}`;
    separator = ',\n    ';
  }
  yield '\n  ]\n}\n';
}

/** A row by names; a parameter that the point does not have is left out. */
function plainRow({ plan }: Pick<SweepTable, 'plan'>, { point, values, repeat, record }: SweepRow): object {
  const parameters = named({ plan }, values);
  if ('error' in record) return { point, parameters, repeat, error: record.error };
  const { quantiles_ns, max_ns, warnings, histogram, ...first } = record;
  const quantiles = plan.definition.sweep.quantiles.map((percent, index) => {
    return [`${quantileName(percent)}_ns`, quantiles_ns[index]] as const;
  });
  return {
    point,
    parameters,
    repeat,
    ...first,
    ...Object.fromEntries(quantiles),
    max_ns,
    warnings,
    histogram,
  };
}

function named({ plan }: Pick<SweepTable, 'plan'>, values: readonly ParameterValue[]): object {
  return Object.fromEntries(plan.parameters.map((path, index) => [path, values[index]]));
}
