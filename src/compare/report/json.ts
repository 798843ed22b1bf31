import { VERSION } from '../../version.ts';
import type { Change } from '../change.ts';
import type { ComparedRow, Comparison, DistributionTests, ThreadComparison } from '../comparison.ts';
import type { Estimate } from '../estimate.ts';
import { isLatency, metricName } from '../metric.ts';
import type { TestResult } from '../statistics/counts.ts';
import { rounded } from './numbers.ts';

export const COMPARISON_DOCUMENT = 'kvmtimer-comparison';

/** The comparison as a document for programs: latencies in ns, shares between 0 and 1. */
export function comparisonDocument(comparison: Comparison): object {
  const { confidence, alpha, basis, sides, varied, threads, footnotes } = comparison;
  return {
    document: COMPARISON_DOCUMENT,
    schema_version: 1,
    kvmtimer_version: VERSION,
    confidence,
    alpha,
    basis,
    sides,
    varied: varied.map((one) => ({ ...one, before: one.before ?? null, after: one.after ?? null })),
    threads: threads.map((thread) => threadOf(thread, comparison)),
    footnotes,
  };
}

function threadOf(
  { name, binWidthNs, rows, samples, tests }: ThreadComparison,
  { sides }: Comparison,
): object {
  return {
    name,
    bin_width_ns: binWidthNs,
    samples: Object.fromEntries(sides.map(({ label }, side) => [label, samples[side]])),
    metrics: rows.map((row) => metricOf(row, sides)),
    tests: Object.fromEntries(
      tests.map((one, index) => [sides[index + 1]!.label, 'reason' in one ? one : testsOf(one)]),
    ),
  };
}

function metricOf({ metric, estimates, changes }: ComparedRow, sides: Comparison['sides']): object {
  return {
    metric: metricName(metric),
    unit: isLatency(metric) ? 'ns' : 'share',
    values: Object.fromEntries(sides.map(({ label }, side) => [label, estimateOf(estimates[side]!)])),
    changes: Object.fromEntries(sides.slice(1).map(({ label }, side) => [label, changeOf(changes[side]!)])),
  };
}

function estimateOf(estimate: Estimate): object {
  if (estimate.kind === 'value') {
    return { value: rounded(estimate.value), low: rounded(estimate.low), high: rounded(estimate.high) };
  }
  return estimate.kind === 'at-least'
    ? { value: null, at_least: rounded(estimate.value) }
    : { value: null, reason: estimate.reason };
}

function changeOf(change: Change | null): object | null {
  if (change === null) return null;
  const { delta, percent, low, high, p, significant } = change;
  const figures = { delta, percent, low, high, p };
  return {
    ...Object.fromEntries(Object.entries(figures).map(([key, one]) => [key, rounded(one)])),
    significant,
  };
}

function testsOf({ kolmogorovSmirnov, mannWhitney, andersonDarling }: DistributionTests): object {
  const of = ({ statistic, p, method }: TestResult) => ({
    statistic: rounded(statistic),
    p: rounded(p),
    method,
  });
  return {
    kolmogorov_smirnov: of(kolmogorovSmirnov),
    mann_whitney: { ...of(mannWhitney), superiority: rounded(mannWhitney.superiority) },
    anderson_darling: of(andersonDarling),
  };
}
