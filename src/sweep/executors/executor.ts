import type { FinishedPoint } from '../journal/line.ts';
import type { Plan } from '../plan/plan.ts';

/** One of the ways to get points run: threads of this process, or workers on other machines. */
export interface Executor {
  /**
   * Runs the points of `work` in any order. Resolves when all are handed over, or soon after `signal` is aborted.
   * Rejects when it cannot go on; what was handed over by then stays valid.
   */
  run(assignment: Assignment): Promise<void>;
}

export interface Assignment {
  readonly plan: Plan;
  /** Places in the plan that are to be run, in order; taken as capacity allows. */
  readonly work: Iterator<number>;
  /** Content hash of the point at a place: what its result must be named by. */
  readonly hashOf: (index: number) => string;
  /** Takes finished points, each once. What it throws (a full disk) ends the run. */
  readonly onFinished: (points: readonly FinishedPoint[]) => void;
  /** Points under way, as a fraction of a point each, summed up. */
  readonly onProgress?: (underWay: number) => void;
  /** A word for the user: waiting for workers, the connection was lost. */
  readonly onNotice?: (text: string) => void;
  readonly signal: AbortSignal;
}
