import { effectsChart } from '../../report/svg/effects.ts';
import { heatMap } from '../../report/svg/heat-map.ts';
import { lineChart } from '../../report/svg/lines.ts';
import { UserError } from '../../user-error.ts';
import {
  type Configuration,
  configurationsOf,
  meanOf,
  ranked,
  type Scored,
} from '../analysis/configurations.ts';
import { interactions, mainEffects } from '../analysis/effects.ts';
import { type Factor, factorsOf } from '../analysis/factors.ts';
import { cellMeans, type Level, levelsOf } from '../analysis/levels.ts';
import { type Metric, metricNames, metricOf } from '../metric.ts';
import type { SweepTable } from './rows.ts';

const NS_PER_US = 1000;

/** SVG: lines for one varied parameter, a heat map for two, main effects and interactions for more. */
export function plot(table: SweepTable, metric: Metric): string {
  const configurations = configurationsOf(table);
  const scored = ranked(configurations, metric);
  const factors = factorsOf(table.plan).filter((factor) => levelsOf(scored, factor).length > 1);
  const name = table.plan.definition.sweep.name;
  if (factors.length === 0) {
    const message = 'there is nothing to plot: fewer than two finished points differ';
    throw new UserError('plot-empty', { path: '--plot', message });
  }
  if (factors.length === 1) return plotLines(table, configurations, factors[0], metric, name);
  if (factors.length === 2) return plotHeatMap(scored, factors, metric, name);
  return effectsChart({
    title: `${name}: main effects on ${metric.name}`,
    yLabel: `mean ${metric.name} in µs`,
    panels: mainEffects(scored, factors).map(({ factor, levels }) => ({
      title: factor.name,
      log: isLogarithmic(table, factor),
      levels: levels.map(({ label, position, mean }) => ({ label, position, mean: mean / NS_PER_US })),
    })),
    interactions: interactions(scored, factors).map(({ factors: [one, other], strength }) => ({
      names: [one.name, other.name],
      strength: strength / NS_PER_US,
    })),
  });
}

/** All figures that were kept; the chosen one is drawn strong. */
function plotLines(
  { plan, ...rest }: SweepTable,
  configurations: readonly Configuration[],
  factor: Factor,
  chosen: Metric,
  name: string,
): string {
  const { quantiles } = plan.definition.sweep;
  // Every configuration counts here, with or without the chosen figure.
  const all = configurations.map((configuration) => ({ configuration, value: 0 }));
  const levels = levelsOf(all, factor, true);
  const series = metricNames(quantiles).map((metricName) => {
    const metric = metricOf(metricName, quantiles, '--metric');
    return { name: metricName, values: levels.map((level) => levelMean(level, metric)) };
  });
  return lineChart({
    title: name,
    xLabel: factor.name,
    yLabel: 'latency in µs',
    levels,
    log: isLogarithmic({ plan, ...rest }, factor),
    series,
    emphasis: chosen.name,
  });
}

function levelMean({ points }: Level, metric: Metric): number | undefined {
  const known = points
    .map(({ configuration }) => meanOf(metric, configuration))
    .filter((value) => value !== undefined);
  return known.length === 0
    ? undefined
    : known.reduce((sum, value) => sum + value, 0) / known.length / NS_PER_US;
}

function plotHeatMap(
  scored: readonly Scored[],
  factors: readonly Factor[],
  metric: Metric,
  name: string,
): string {
  // The longer side lies down.
  const [x, y] = [...factors].sort(
    (one, other) => levelsOf(scored, other).length - levelsOf(scored, one).length,
  );
  const columns = levelsOf(scored, x);
  const rows = levelsOf(scored, y);
  return heatMap({
    title: `${name}: ${metric.name} in µs`,
    xLabel: x.name,
    yLabel: y.name,
    columns: columns.map(({ label }) => label),
    rows: rows.map(({ label }) => label),
    cells: cellMeans(rows, columns).map((row) =>
      row.map((ns) => (ns === undefined ? undefined : ns / NS_PER_US)),
    ),
    valueLabel: `${metric.name}, µs`,
  });
}

function isLogarithmic({ plan }: SweepTable, { name }: Factor): boolean {
  const values = plan.definition.sweep.vary[name];
  return values !== undefined && !Array.isArray(values) && values.scale === 'log';
}
