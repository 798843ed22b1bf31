import type { Comparison } from '../comparison.ts';
import { isLatency, metricName } from '../metric.ts';
import { rounded } from './numbers.ts';

const COLUMNS = [
  'thread',
  'metric',
  'unit',
  'side',
  'value',
  'at_least',
  'low',
  'high',
  'delta',
  'percent',
  'delta_low',
  'delta_high',
  'p',
  'significant',
] as const; // prettier-ignore

/** One line per thread, metric and side (RFC 4180); empty fields where there is no number. */
export function renderCsv(comparison: Comparison): string {
  const lines: (string | number | boolean | null)[][] = [[...COLUMNS]];
  for (const thread of comparison.threads) {
    for (const { metric, estimates, changes } of thread.rows) {
      estimates.forEach((estimate, side) => {
        const value = estimate.kind === 'value' ? estimate : { value: null, low: null, high: null };
        const atLeast = estimate.kind === 'at-least' ? estimate.value : null;
        const change = side === 0 ? null : changes[side - 1]!;
        const moved =
          change === null
            ? [null, null, null, null, null, null]
            : [change.delta, change.percent, change.low, change.high, change.p, change.significant]; // prettier-ignore
        const unit = isLatency(metric) ? 'ns' : 'share';
        const place = [thread.name, metricName(metric), unit, comparison.sides[side]!.label];
        lines.push([...place, value.value, atLeast, value.low, value.high, ...moved]);
      });
    }
  }
  return lines.map((line) => `${line.map(field).join(',')}\r\n`).join('');
}

function field(value: string | number | boolean | null): string {
  const text = value === null ? '' : String(typeof value === 'number' ? rounded(value) : value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
