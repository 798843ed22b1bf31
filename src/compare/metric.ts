import { NS_PER_MS, NS_PER_SECOND, NS_PER_US } from '../time.ts';

/** What is compared: one figure of a latency distribution. */
export type Metric =
  | { readonly kind: 'min' | 'mean' | 'max' }
  /** `percent` between 0 and 100, both excluded. */
  | { readonly kind: 'quantile'; readonly percent: number }
  /** Share of the samples above (">") or at and above (">=") a latency. */
  | { readonly kind: 'share'; readonly relation: '>' | '>='; readonly thresholdNs: number };

/** The rows that every comparison shows. */
export const STANDARD_METRICS: readonly Metric[] = [
  { kind: 'min' },
  { kind: 'mean' },
  ...[50, 90, 99, 99.9, 99.99, 99.999].map((percent) => ({ kind: 'quantile', percent }) as const),
  { kind: 'max' },
];

/** The metric as gate expressions and tables write it: "p99.9", "share(>12us)". */
export function metricName(metric: Metric): string {
  if (metric.kind === 'quantile') return `p${metric.percent}`;
  if (metric.kind === 'share') return `share(${metric.relation}${durationName(metric.thresholdNs)})`;
  return metric.kind;
}

/** A duration in the unit that leaves it short, to nine digits: "12us", "1.5ms", "250ns". */
export function durationName(ns: number): string {
  const size = Math.abs(ns);
  const inUnits = (nsPerUnit: number) => Number((ns / nsPerUnit).toPrecision(9));
  if (size >= NS_PER_SECOND) return `${inUnits(NS_PER_SECOND)}s`;
  if (size >= NS_PER_MS) return `${inUnits(NS_PER_MS)}ms`;
  if (size >= NS_PER_US) return `${inUnits(NS_PER_US)}us`;
  return `${inUnits(1)}ns`;
}

/** Whether the metric is a latency in ns; a share is a plain number between 0 and 1. */
export function isLatency(metric: Metric): boolean {
  return metric.kind !== 'share';
}
