import { type BinBudget, Bins } from '../reading/bins.ts';
import type { SourceThread } from '../reading/measured-thread.ts';
import { invalid, type Place } from '../reading/problem.ts';
import type { Sample } from './events.ts';

const MAX_THREADS = 4096;

interface ThreadSamples {
  readonly bins: Bins;
  min: number;
  max: number;
  lastCycle: number;
  /** Cycles passed over: with `-o` only the largest of several samples is printed. */
  skipped: number;
}

/** The samples of one run that `-v` printed, counted as they come. */
export class PrintedSamples {
  readonly #budget: BinBudget;
  readonly #threads = new Map<number, ThreadSamples>();

  constructor(budget: BinBudget) {
    this.#budget = budget;
  }

  get isEmpty(): boolean {
    return this.#threads.size === 0;
  }

  /** Whether only some of the samples were printed. */
  get isReduced(): boolean {
    return [...this.#threads.values()].some(({ skipped }) => skipped > 0);
  }

  /** False when the sample is from a later run: its cycle was passed already. */
  continuesWith({ thread, cycle }: Sample): boolean {
    return cycle > (this.#threads.get(thread)?.lastCycle ?? -1);
  }

  add({ thread, cycle, value }: Sample, place: Place): void {
    let samples = this.#threads.get(thread);
    if (samples === undefined) {
      if (this.#threads.size === MAX_THREADS) throw invalid(place, `more than ${MAX_THREADS} threads`);
      samples = { bins: new Bins(this.#budget), min: value, max: value, lastCycle: -1, skipped: 0 };
      this.#threads.set(thread, samples);
    }
    samples.bins.add(value, 1, place);
    samples.min = Math.min(samples.min, value);
    samples.max = Math.max(samples.max, value);
    samples.skipped += cycle - samples.lastCycle - 1;
    samples.lastCycle = cycle;
  }

  threads(): SourceThread[] {
    const isReduced = this.isReduced;
    return [...this.#threads]
      .sort(([a], [b]) => a - b)
      .map(([thread, { bins, min, max }]) => ({
        name: String(thread),
        bins,
        samples: isReduced ? null : bins.count,
        limit: 0,
        min: isReduced ? null : min,
        max,
        mean: null,
      }));
  }
}
