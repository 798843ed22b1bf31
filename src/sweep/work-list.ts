import { UserError } from '../user-error.ts';
import type { FinishedPoint } from './journal/line.ts';
import { type Plan, pointHasher } from './plan/plan.ts';
import type { PointRecord } from './record.ts';
import { SweepResults } from './results.ts';

/**
 * What is still to be run, and where results go. Points of equal content (random samples of few values meet) are run
 * once and their result stands in each place.
 */
export class WorkList {
  readonly results: SweepResults;
  /** Points that this process answers for: all, or those of its shard. */
  readonly total: number;
  readonly #plan: Plan;
  readonly #isMine: (index: number) => boolean;
  readonly #hash: ReturnType<typeof pointHasher>;
  /** First place of each content, and the other places of contents that appear again. */
  readonly #places = new Map<string, number>();
  readonly #repeated = new Map<number, number[]>();
  readonly #journaled = new Map<string, PointRecord>();

  constructor(plan: Plan, total: number, isMine: (index: number) => boolean = () => true) {
    this.#plan = plan;
    this.total = total;
    this.#isMine = isMine;
    this.#hash = pointHasher(plan.definition);
    this.results = new SweepResults(plan.size, plan.definition.sweep.quantiles.length);
  }

  /** A point that a journal holds. */
  recall({ hash, record }: FinishedPoint): void {
    this.#journaled.set(hash, record);
  }

  /**
   * Places in the plan that are to be run, in order. After a resume they are found at once, so that progress starts
   * from what is there; otherwise one by one as they are taken. Throws a UserError when `recall` was given points
   * that are not of this plan.
   */
  remaining(journal: string): Iterator<number> {
    if (this.#journaled.size === 0) return this.#find();
    const remaining = Uint32Array.from(this.#find());
    if (this.#journaled.size > 0) {
      const message = `holds ${this.#journaled.size} points that are not of this sweep`;
      throw new UserError('journal-damaged', { file: journal, message, hint: 'restore the file' });
    }
    return remaining.values();
  }

  /** Takes a result that came back. */
  accept({ hash, record }: FinishedPoint): void {
    const place = this.#places.get(hash);
    if (place === undefined) throw new Error(`a point that was not asked for came back: ${hash}`);
    for (const each of [place, ...(this.#repeated.get(place) ?? [])]) this.results.put(each, record);
  }

  /** The name of a point's content. */
  hashOf(index: number): string {
    return this.#hash(this.#plan.scenario(this.#plan.point(index)));
  }

  *#find(): Generator<number, undefined> {
    for (let index = 0; index < this.#plan.size; index++) {
      if (!this.#isMine(index)) continue;
      const hash = this.hashOf(index);
      const first = this.#places.get(hash);
      if (first !== undefined) {
        this.#repeat(first, index);
        continue;
      }
      this.#places.set(hash, index);
      const record = this.#journaled.get(hash);
      if (record === undefined) yield index;
      else this.results.put(index, record);
      this.#journaled.delete(hash);
    }
    return undefined;
  }

  #repeat(first: number, index: number): void {
    const others = this.#repeated.get(first);
    if (others === undefined) this.#repeated.set(first, [index]);
    else others.push(index);
    const record = this.results.get(first);
    if (record !== undefined) this.results.put(index, record);
  }
}
