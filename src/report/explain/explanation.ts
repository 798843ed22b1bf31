import { quantile } from '../../measurement/quantile.ts';
import type { LedgerEntry, ResultDocument, ThreadResult } from '../../measurement/result-document.ts';
import { UserError } from '../../user-error.ts';
import { type Breakdown, breakdown, difference, type Groups, grouped } from './breakdown.ts';
import { type Story, tellStory } from './story.ts';
import { timerOf } from './timer.ts';

export const TAIL_QUANTILE = 0.999;

/** Everything that can be said of why one thread's latency is what it is. */
export interface Explanation {
  readonly name: string;
  readonly thread: string;
  /** The timer that fired, in words; null when none did. */
  readonly timer: string | null;
  readonly mean: Breakdown;
  /** Mean of the samples from the 99.9th percentile on; null when the run cannot be repeated. */
  readonly tail: (Breakdown & { readonly fromNs: number }) | null;
  readonly worst: readonly Story[];
}

/** A field in which two machines differ; undefined where it is absent. */
export interface Setting {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** What makes one mean differ from another. */
export interface Comparison {
  readonly from: Explanation;
  readonly to: Explanation;
  readonly settings: readonly Setting[];
  readonly change: Breakdown;
  readonly groups: Groups;
}

/** Limit of the tail of a thread: its 99.9th percentile, or its slowest sample where there are too few. */
export function tailLimitNs(thread: ThreadResult): number {
  const limit = quantile(thread, TAIL_QUANTILE);
  return limit.kind === 'value' ? limit.valueNs : (thread.maxNs ?? 0);
}

/** Explains a thread by its ledger. Throws a UserError ("nothing-to-explain") for results without one. */
export function explain(
  document: ResultDocument,
  thread: ThreadResult,
  tail: { fromNs: number; samples: number; ledger: readonly LedgerEntry[] } | null,
): Explanation {
  if (thread.ledger === null || thread.cycles === null || thread.samples === null) {
    throw new UserError('nothing-to-explain', {
      file: document.name,
      message: 'does not say where its cycles went: only simulated results do',
      hint: 'explain a scenario, or a result that `kvmtimer run --output` wrote',
    });
  }
  const { tsc_khz } = thread.cycles;
  const mean = breakdown(thread.ledger, thread.samples, tsc_khz);
  return {
    name: document.name,
    thread: thread.name,
    timer: timerOf(mean),
    mean,
    tail:
      tail === null || tail.samples === 0
        ? null
        : { ...breakdown(tail.ledger, tail.samples, tsc_khz), fromNs: tail.fromNs },
    worst: (thread.worst ?? []).slice(0, 3).map((sample) => tellStory(sample, mean, tsc_khz)),
  };
}

export function against(from: Explanation, to: Explanation, settings: readonly Setting[]): Comparison {
  const change = difference(from.mean, to.mean);
  return { from, to, settings, change, groups: grouped(change, from.mean, to.mean) };
}
