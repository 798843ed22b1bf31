import { createHash } from 'node:crypto';
import { quantile } from '../../measurement/quantile.ts';
import type { ResultDocument, ThreadResult } from '../../measurement/result-document.ts';

export const BASELINE_DOCUMENT = 'kvmtimer-baseline';

/** What a shipped scenario gave when its numbers were last accepted: enough to see that, and how far, they moved. */
export interface Baseline {
  readonly document: typeof BASELINE_DOCUMENT;
  readonly schema_version: 1;
  /** Name of the shipped scenario. */
  readonly scenario: string;
  readonly scenario_hash: string;
  readonly seed: string;
  readonly threads: readonly BaselineThread[];
}

export interface BaselineThread {
  readonly name: string;
  /** SHA-256 of everything that was measured: histogram, exact figures, ledger, worst samples. */
  readonly digest: string;
  readonly samples: number;
  /** Key figures in ns, null where the run is too short for them; the exact ones in cycles. */
  readonly figures: Readonly<Record<FigureName, number | null>>;
}

export const FIGURES = [
  'min_ns',
  'mean_ns',
  'p50_ns',
  'p99_ns',
  'p99.9_ns',
  'p99.99_ns',
  'max_ns',
  'sum_cycles',
] as const;
export type FigureName = (typeof FIGURES)[number];

/** The baseline of a finished simulated run. */
export function baselineOf(name: string, document: ResultDocument): Baseline {
  return {
    document: BASELINE_DOCUMENT,
    schema_version: 1,
    scenario: name,
    scenario_hash: document.scenario_hash!,
    seed: document.seed!,
    threads: document.measurements.map(baselineThread),
  };
}

function baselineThread(thread: ThreadResult): BaselineThread {
  const at = (q: number) => {
    const found = quantile(thread, q);
    return found.kind === 'value' ? found.valueNs : null;
  };
  const { minNs, meanNs, maxNs, cycles } = thread;
  return {
    name: thread.name,
    digest: createHash('sha256')
      .update(JSON.stringify(sorted(thread)))
      .digest('hex'),
    samples: thread.samples ?? 0,
    figures: {
      min_ns: minNs,
      mean_ns: meanNs,
      p50_ns: at(0.5),
      p99_ns: at(0.99),
      'p99.9_ns': at(0.999),
      'p99.99_ns': at(0.9999),
      max_ns: maxNs,
      sum_cycles: cycles?.sum ?? null,
    },
  };
}

/** Keys in alphabetical order, so that the digest does not depend on the order in which they were set. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
}
