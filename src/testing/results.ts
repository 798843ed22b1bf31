import type { ResultDocument, ThreadResult } from '../measurement/result-document.ts';
import { RESULT_DOCUMENT, RESULT_SCHEMA_VERSION } from '../measurement/result-document.ts';

/** A thread that measured exactly `samplesNs`, in this order, as a simulated run with `histogramUs` rows would tell it. */
export function threadOf(samplesNs: readonly number[], histogramUs: number, name = '0'): ThreadResult {
  const counts = new Map<number, number>();
  for (const ns of samplesNs) counts.set(Math.floor(ns / 10), (counts.get(Math.floor(ns / 10)) ?? 0) + 1);
  const overflows = samplesNs.flatMap((ns, cycle) => (ns >= histogramUs * 1000 ? [cycle] : []));
  const sum = samplesNs.reduce((total, ns) => total + ns, 0);
  const none = samplesNs.length === 0;
  return {
    name,
    binWidthNs: 10,
    bins: [...counts].sort(([a], [b]) => a - b),
    censored: null,
    samples: samplesNs.length,
    minNs: none ? null : Math.min(...samplesNs),
    maxNs: none ? null : Math.max(...samplesNs),
    meanNs: none ? null : sum / samplesNs.length,
    cycles: null,
    ledger: null,
    worst: null,
    overflow_cycles: overflows.slice(0, histogramUs),
  };
}

/** A document of these threads with nothing else in it. */
export function documentOf(
  measurements: readonly ThreadResult[],
  more: Partial<ResultDocument> = {},
): ResultDocument {
  return {
    document: RESULT_DOCUMENT,
    schema_version: RESULT_SCHEMA_VERSION,
    kvmtimer_version: '0.0.0-test',
    name: 'example',
    origin: 'simulated',
    partial: false,
    scenario: null,
    scenario_hash: null,
    seed: 'example',
    warnings: [],
    facts: null,
    measurements,
    ...more,
  };
}
