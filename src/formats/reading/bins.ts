import { invalid, type Place } from './problem.ts';

/** How many more filled bins an input may have, over all its runs and threads: memory stays bounded. */
export interface BinBudget {
  left: number;
}

const MAX_FILLED_BINS = 4_000_000;

export function newBinBudget(): BinBudget {
  return { left: MAX_FILLED_BINS };
}

/** Samples counted by bin while an input is read. */
export class Bins {
  /** Samples in all bins. */
  count = 0;
  /** Sum of the bins' numbers over all samples. */
  sum = 0;
  readonly #counts = new Map<number, number>();
  readonly #budget: BinBudget;

  constructor(budget: BinBudget) {
    this.#budget = budget;
  }

  add(bin: number, samples: number, place: Place): void {
    if (samples === 0) return;
    const before = this.#counts.get(bin);
    if (before === undefined && --this.#budget.left < 0) {
      throw invalid(place, `more than ${MAX_FILLED_BINS} filled bins`, 'split the file');
    }
    this.#counts.set(bin, (before ?? 0) + samples);
    this.count += samples;
    this.sum += bin * samples;
    if (!Number.isSafeInteger(this.count)) throw invalid(place, 'more samples than can be counted exactly');
  }

  /** `[bin, samples]`, ascending. */
  sorted(): [number, number][] {
    return [...this.#counts].sort(([a], [b]) => a - b);
  }
}
