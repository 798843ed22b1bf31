import { Chalk, type ChalkInstance } from 'chalk';
import {
  type Configuration,
  configurationsOf,
  meanOf,
  ranked,
  type Scored,
} from '../analysis/configurations.ts';
import { interactions, type MainEffect, mainEffects } from '../analysis/effects.ts';
import { factorsOf } from '../analysis/factors.ts';
import { bestFor, type Goal } from '../analysis/goal.ts';
import { valueText } from '../describe.ts';
import { type Metric, metricNames, metricOf } from '../metric.ts';
import { rowsOf, type SweepTable } from './rows.ts';
import { microseconds, textTable } from './text-table.ts';

export interface SummaryOptions {
  readonly metric: Metric;
  readonly goals: readonly Goal[];
  readonly color: boolean;
}

/** So many configurations are shown as a whole, more by their ends. */
const SHOW_ALL = 12;
const ENDS = 5;
const MAX_PARETO = 20;
const MAX_WARNINGS = 5;
const MIXED =
  'Not every combination was run: a mean over the others is not over the same others for each value.';

/** What a sweep ends with: best and worst points, what each parameter does, and what the goals select. */
export function summary(table: SweepTable, options: SummaryOptions): string {
  const chalk = new Chalk({ level: options.color ? 1 : 0 });
  const configurations = configurationsOf(table);
  const scored = ranked(configurations, options.metric);
  const sections = [
    heading(table, configurations, chalk),
    ...extremes(table, scored, options.metric, chalk),
    ...effects(table, scored, options.metric, chalk),
    ...goals(table, configurations, options.goals, chalk),
    ...notes(table),
  ];
  return `${sections.join('\n\n')}\n`;
}

function heading(
  { plan, results }: SweepTable,
  configurations: readonly Configuration[],
  chalk: ChalkInstance,
): string {
  const of = results.count < plan.size ? ` of ${plan.size}` : '';
  const repeats =
    plan.repeats > 1 ? `, ${configurations.length} configurations with ${plan.repeats} seeds` : '';
  return `${chalk.bold(plan.definition.sweep.name)}: ${results.count}${of} points${repeats}; latencies in µs`;
}

function extremes(
  table: SweepTable,
  scored: readonly Scored[],
  metric: Metric,
  chalk: ChalkInstance,
): string[] {
  if (scored.length === 0) return [`no point has a ${metric.name}: too few samples for this quantile`];
  if (scored.length <= SHOW_ALL) {
    return [`${chalk.bold(`By ${metric.name}, best first`)}\n${configurationTable(table, scored, chalk)}`];
  }
  const worst = scored.slice(-ENDS).reverse();
  return [
    `${chalk.bold(`Best by ${metric.name}`)}\n${configurationTable(table, scored.slice(0, ENDS), chalk)}`,
    `${chalk.bold(`Worst by ${metric.name}`)}\n${configurationTable(table, worst, chalk)}`,
  ];
}

function configurationTable({ plan }: SweepTable, scored: readonly Scored[], chalk: ChalkInstance): string {
  const { quantiles } = plan.definition.sweep;
  const metrics = metricNames(quantiles).map((name) => metricOf(name, quantiles, '--metric'));
  const rows = scored.map(({ configuration }) => [
    String(configuration.point),
    ...plan.parameters.map((_, position) => valueText(configuration.values[position])),
    ...metrics.map((metric) => microseconds(meanOf(metric, configuration))),
  ]);
  const head = ['point', ...plan.parameters, ...metrics.map(({ name }) => name)];
  return textTable(head, rows, { chalk, rightFrom: 1 + plan.parameters.length });
}

function effects(
  table: SweepTable,
  scored: readonly Scored[],
  metric: Metric,
  chalk: ChalkInstance,
): string[] {
  const factors = factorsOf(table.plan);
  const found = scored.length < 2 ? [] : mainEffects(scored, factors);
  if (found.length === 0) return [];
  const rows = found.map((effect) => effectRow(effect));
  const head = ['parameter', 'best', '', 'worst', '', 'span', 'variance'];
  const title = chalk.bold(`Main effects on ${metric.name}`);
  const { exclude, include } = table.plan.definition.sweep;
  const mixed = exclude.length + include.length > 0 ? `\n  ${chalk.dim(MIXED)}` : '';
  const main = `${title}\n${textTable(head, rows, { chalk, rightFrom: 5, right: [2, 4] })}${mixed}`;
  const [strongest] = interactions(scored, factors);
  if (strongest === undefined) return [main];
  const names = strongest.factors.map(({ name }) => name).join(' × ');
  return [
    main,
    `Strongest interaction: ${names}, up to ${microseconds(strongest.strength)} µs beyond the two effects`,
  ];
}

function effectRow({ factor, levels, span, share }: MainEffect): string[] {
  const sorted = levels.toSorted((one, other) => one.mean - other.mean);
  const [best, worst] = [sorted[0], sorted.at(-1)!];
  if (span === 0) return [factor.name, '-', '', '-', '', microseconds(0), '0 %'];
  const percent = `${(100 * share).toFixed(0)} %`;
  return [
    factor.name,
    best.label,
    microseconds(best.mean),
    worst.label,
    microseconds(worst.mean),
    microseconds(span),
    percent,
  ];
}

function goals(
  table: SweepTable,
  configurations: readonly Configuration[],
  wanted: readonly Goal[],
  chalk: ChalkInstance,
): string[] {
  if (wanted.length === 0) return [];
  const best = bestFor(wanted, configurations);
  const text = wanted.map((goal) => goal.text.trim()).join(', ');
  if (best.length === 0) return [`no point can be judged by ${text}`];
  const title =
    wanted.length === 1
      ? `Best for ${text}`
      : `Pareto set for ${text}: ${best.length} of ${configurations.length}`;
  const rows = best
    .slice(0, MAX_PARETO)
    .map(({ configuration, values }) => [
      String(configuration.point),
      ...table.plan.parameters.map((_, position) => valueText(configuration.values[position])),
      ...values.map((value, index) => (wanted[index].isTime ? microseconds(value) : String(value))),
    ]);
  const head = ['point', ...table.plan.parameters, ...wanted.map(({ subject }) => subject)];
  const shown = textTable(head, rows, { chalk, rightFrom: 1 + table.plan.parameters.length });
  const more =
    best.length > MAX_PARETO ? `\n  and ${best.length - MAX_PARETO} more (--format json has all)` : '';
  return [`${chalk.bold(title)}\n${shown}${more}`];
}

/** What a reader must know to trust the figures. */
function notes(table: SweepTable): string[] {
  const counts = new Map<string, number>();
  for (const { record } of rowsOf(table)) {
    if ('error' in record) continue;
    for (const warning of record.warnings ?? []) counts.set(warning, (counts.get(warning) ?? 0) + 1);
  }
  const warnings = [...counts].sort(([, one], [, other]) => other - one);
  const lines = warnings.slice(0, MAX_WARNINGS).map(([text, count]) => `! ${count} points: ${text}`);
  if (warnings.length > MAX_WARNINGS)
    lines.push(`! and ${warnings.length - MAX_WARNINGS} more kinds of warnings`);
  if (table.results.failures > 0) lines.push(`! ${table.results.failures} points have no result`);
  return lines.length === 0 ? [] : [lines.join('\n')];
}
