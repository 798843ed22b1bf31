import { type BinBudget, Bins } from '../reading/bins.ts';
import type { SourceThread } from '../reading/measured-thread.ts';
import { wholeNumbers } from '../reading/numbers.ts';
import { invalid, type Place } from '../reading/problem.ts';
import type { Footer, OverflowCycles } from './events.ts';

/** cyclictest clamps `-h` to this. */
const MAX_ROWS = 1_000_000;
const MAX_COLUMNS = 4096;

/** What cyclictest prints as minimum of a thread that saw no sample below it. */
export const INITIAL_MIN = 1_000_000;

/** The histogram block of one run while it is read. */
export class Histogram {
  readonly #budget: BinBudget;
  readonly #columns: Bins[] = [];
  readonly #footers = new Map<
    Footer['name'],
    { readonly values: readonly number[]; readonly place: Place }
  >();
  readonly #overflowCycles = new Map<number, OverflowCycles>();
  #lastBin = -1;
  /** Whether the last column is the sum of the others in every row so far. */
  #endsWithSum = true;
  #isEmpty = true;
  /** Whether no row was left out so far. */
  #isDense = true;

  constructor(budget: BinBudget) {
    this.#budget = budget;
  }

  /** Whether rows may still follow. */
  get isOpen(): boolean {
    return this.#footers.size === 0;
  }

  /** Whether the block says how many samples each thread had. */
  get isWhole(): boolean {
    return this.#footers.has('overflows');
  }

  /** Whether there is anything to tell: a block that breaks off before its first sample has nothing. */
  get hasSamples(): boolean {
    return this.#threadCount() > 0 && (!this.#isEmpty || this.isWhole);
  }

  addRow(text: string, place: Place): void {
    const [bin, ...counts] = wholeNumbers(text, place);
    if (bin <= this.#lastBin) throw invalid(place, `row ${bin} follows row ${this.#lastBin}`, 'rows ascend');
    if (bin > MAX_ROWS)
      throw invalid(place, `row ${bin} is beyond ${MAX_ROWS}, cyclictest's largest histogram`);
    if (counts.length > MAX_COLUMNS) throw invalid(place, `${counts.length} columns, at most ${MAX_COLUMNS}`);
    if (this.#lastBin !== -1 && counts.length !== this.#columns.length) {
      const expected = `${this.#columns.length} as in the rows before`;
      throw invalid(place, `the row has ${counts.length} counts`, `${expected} are expected`);
    }
    this.#isDense &&= bin === this.#lastBin + 1;
    this.#lastBin = bin;
    this.#isEmpty &&= counts.every((count) => count === 0);
    const sum = counts.slice(0, -1).reduce((total, count) => total + count, 0);
    this.#endsWithSum &&= counts.length > 1 && sum === counts[counts.length - 1];
    counts.forEach((count, column) => {
      this.#columns[column] ??= new Bins(this.#budget);
      this.#columns[column].add(bin, count, place);
    });
  }

  addFooter({ name, values }: Footer, place: Place): void {
    this.#footers.set(name, { values, place });
    if (name === 'total') this.#checkTotals(values, place);
    if (name === 'min' && this.#lastBin !== -1 && values.length > this.#columns.length) {
      throw invalid(place, `${values.length} minima for rows of ${this.#columns.length} counts`);
    }
  }

  addOverflowCycles(event: OverflowCycles): void {
    this.#overflowCycles.set(event.thread, event);
  }

  /**
   * The number of `-h` where the text shows it: all rows are there, or as many overflow cycles are listed.
   */
  get statedLimit(): number | undefined {
    const capped = [...this.#overflowCycles.values()].find(({ isCapped }) => isCapped);
    return this.#isDense && this.#footers.has('total') ? this.#lastBin + 1 : capped?.cycles.length;
  }

  /** The highest value that samples beyond the rows are known to reach. */
  get limit(): number {
    return Math.max(this.#lastBin + 1, this.statedLimit ?? 0);
  }

  /** The threads, as far as the block tells; a thread without footer has no number of samples. */
  threads(limit: number): SourceThread[] {
    return Array.from({ length: this.#threadCount() }, (_, index) => {
      const stated = (name: Footer['name']) => this.#footers.get(name)?.values[index] ?? null;
      const bins = this.#columns[index] ?? new Bins(this.#budget);
      const overflows = stated('overflows');
      const min = stated('min');
      return {
        name: String(index),
        bins,
        samples: overflows === null ? null : bins.count + overflows,
        limit: bins.count === 0 ? Math.max(limit, min ?? 0) : limit,
        min: min === INITIAL_MIN ? null : min,
        max: stated('max'),
        mean: stated('avg'),
        overflowCycles: this.#overflowCycles.get(index)?.cycles ?? null,
      };
    });
  }

  /** `# Min Latencies` has one value for each thread even where `-H` adds a column to all else. */
  #threadCount(): number {
    const minima = this.#footers.get('min')?.values.length;
    return minima ?? this.#columns.length - (this.#endsWithSum && !this.#isEmpty ? 1 : 0);
  }

  #checkTotals(totals: readonly number[], place: Place): void {
    totals.forEach((total, column) => {
      const counted = this.#columns[column]?.count ?? 0;
      if (counted !== total) {
        const message = `# Total of column ${column + 1} is ${total}, but its rows add up to ${counted}`;
        throw invalid(place, message, 'rows were lost or changed');
      }
    });
  }
}
