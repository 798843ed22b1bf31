import type { Executor } from './executors/executor.ts';
import { type JournalMode, journalHeader, openJournal } from './journal/journal.ts';
import type { Plan } from './plan/plan.ts';
import type { SweepResults } from './results.ts';
import { isInShard, type Shard, shardSize } from './shard.ts';
import { WorkList } from './work-list.ts';

export interface SweepRun {
  readonly plan: Plan;
  readonly executor: Executor;
  /** Where finished points are kept as they come. */
  readonly journal: string;
  readonly mode: JournalMode;
  /** Run only this part of the plan. */
  readonly shard?: Shard;
  readonly signal?: AbortSignal;
  /** Points done of all, those under way counted by their fraction. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly onNotice?: (text: string) => void;
}

export interface SweepOutcome {
  readonly results: SweepResults;
  /** Points that were in the journal already. */
  readonly recalled: number;
  /** Points that this run is responsible for. */
  readonly total: number;
  readonly complete: boolean;
}

/**
 * Runs what the journal does not hold yet. Every finished point is on disk before it counts; killed at any moment,
 * the sweep goes on from the journal with mode "resume". Throws UserErrors of the journal and the executor.
 */
export async function runSweep(run: SweepRun): Promise<SweepOutcome> {
  const { plan, shard } = run;
  const total = shard === undefined ? plan.size : shardSize(shard, plan.size);
  const list = new WorkList(plan, total, shard && ((index) => isInShard(shard, index)));
  const header = journalHeader(plan, shard ?? null);
  const journal = openJournal(run.journal, header, run.mode, (point) => list.recall(point));
  try {
    const work = list.remaining(run.journal);
    const recalled = list.results.count;
    await run.executor.run({
      plan,
      work,
      signal: run.signal ?? new AbortController().signal,
      hashOf: (index) => list.hashOf(index),
      onFinished: (points) => {
        journal.append(points);
        for (const point of points) list.accept(point);
        run.onProgress?.(list.results.count, total);
      },
      onProgress: (underWay) => run.onProgress?.(list.results.count + underWay, total),
      onNotice: run.onNotice,
    });
    return { results: list.results, recalled, total, complete: list.results.count === total };
  } finally {
    journal.close();
  }
}
