import type { Change } from '../change.ts';
import type { Estimate } from '../estimate.ts';
import { isLatency, type Metric } from '../metric.ts';

/** Digits after the point for latencies in µs: as fine as the bins; one more digit or two for a mean. */
export function decimalsOf(metric: Metric, binWidthNs: number): number {
  const ofBins = binWidthNs >= 1000 ? 0 : binWidthNs >= 100 ? 1 : binWidthNs >= 10 ? 2 : 3;
  return metric.kind === 'mean' ? Math.min(3, ofBins + 2) : ofBins;
}

/** A metric's value: µs, or percent for a share. */
export function formatValue(metric: Metric, value: number, binWidthNs: number): string {
  if (!isLatency(metric)) return formatShare(value);
  return (value / 1000).toFixed(decimalsOf(metric, binWidthNs));
}

/** A share in percent with three significant digits. */
export function formatShare(share: number): string {
  const percent = share * 100;
  return percent === 0 || percent === 100 ? `${percent}%` : `${Number(percent.toPrecision(3))}%`;
}

/** "5.61 [5.60, 5.62]", ">= 50", or "-" where the samples do not support a number. */
export function formatEstimate(metric: Metric, estimate: Estimate, binWidthNs: number): string {
  if (estimate.kind === 'unsupported') return '-';
  const value = formatValue(metric, estimate.value, binWidthNs);
  if (estimate.kind === 'at-least') return `>= ${value}`;
  if (estimate.low === null && estimate.high === null) return value;
  const bound = (limit: number | null) => (limit === null ? '?' : formatValue(metric, limit, binWidthNs));
  return `${value} [${bound(estimate.low)}, ${bound(estimate.high)}]`;
}

/** "-1.10", "+0.02%" for shares (percentage points). */
export function formatDelta(metric: Metric, delta: number, binWidthNs: number): string {
  const text = formatValue(metric, delta, binWidthNs).replace('-', '');
  if (Number.parseFloat(text) === 0) return text;
  return `${delta < 0 ? '-' : '+'}${text}`;
}

export function formatPercent(percent: number | null): string {
  if (percent === null) return '';
  const text = Math.abs(percent).toFixed(2);
  if (Number.parseFloat(text) === 0) return '0.00%';
  return `${percent < 0 ? '-' : '+'}${text}%`;
}

export function formatP(p: number): string {
  return p < 0.001 ? 'p<0.001' : `p=${p.toFixed(3)}`;
}

/** Columns of a change: absolute, relative, verdict. `~` stands where a tested difference is not significant. */
export function changeCells(
  metric: Metric,
  change: Change | null,
  binWidthNs: number,
): [string, string, string] {
  if (change === null) return ['', '', ''];
  if (change.p !== null && !change.significant) return ['~', '', `(${formatP(change.p)})`];
  const delta = formatDelta(metric, change.delta, binWidthNs);
  const percent = formatPercent(change.percent);
  return [delta, percent, change.p === null ? '(untested)' : `(${formatP(change.p)})`];
}

/** For programs: nine digits, which no platform's exp() and log() differ in. */
export function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(9));
}
