import type { Score, Summary } from './judge.ts';
import type { Metric, Published } from './schema.ts';

/** A row of the scoreboard as text, for every format that people read. */
export interface ScoreFigures {
  readonly experiment: string;
  readonly what: string;
  readonly published: string;
  readonly model: string;
  readonly error: string;
  readonly sign: string;
  readonly kind: string;
  /** Empty, or that the row has left its tolerance. */
  readonly verdict: string;
}

export const HEADINGS = ['what', 'published', 'kvmtimer', 'error', 'sign', 'kind', ''] as const;

export function figuresOf(score: Score): ScoreFigures {
  const { row, median, spread, errorPercent, signRight, withinTolerance } = score;
  const unit = unitOf(row.metric);
  return {
    experiment: score.experiment,
    what: row.what,
    published: `${publishedText(row.published)}${unit}`,
    model: `${number(median)} ± ${number(spread)}`,
    error: errorPercent === null ? '' : `${errorPercent < 0 ? '' : '+'}${errorPercent.toFixed(1)} %`,
    sign: signRight === null ? '' : signRight ? 'right' : 'wrong',
    kind: row.kind,
    verdict: withinTolerance ? '' : 'OUT',
  };
}

function publishedText(published: Published): string {
  return 'value' in published ? number(published.value) : `${number(published.from)}…${number(published.to)}`;
}

function unitOf(metric: Metric): string {
  if (metric.measure === 'gain-percent') return ' %';
  if (metric.measure === 'truncated-mean') return ' µs';
  if (!('unit' in metric)) return '';
  return metric.unit === 'us' ? ' µs' : ` ${metric.unit}`;
}

/** Four significant digits, but whole numbers as they are. */
export function number(value: number): string {
  const size = Math.abs(value);
  if (size >= 1000) return value.toFixed(0);
  return String(Number(size >= 0.01 || size === 0 ? value.toPrecision(3) : value.toFixed(4)));
}

export function summaryText(
  kind: string,
  { rows, medianErrorPercent, wrongSigns, outside }: Summary,
): string {
  const error = medianErrorPercent === null ? 'none' : `${medianErrorPercent.toFixed(1)} %`;
  const signs = wrongSigns === 0 ? 'no wrong sign' : `${wrongSigns} with the wrong sign`;
  const out = outside === 0 ? 'all within their tolerance' : `${outside} outside their tolerance`;
  return `${rows} ${kind}: median error ${error}, ${signs}, ${out}`;
}
