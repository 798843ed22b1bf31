import type { Unit } from '../format.ts';
import { type BinBudget, Bins } from '../reading/bins.ts';
import type { CyclictestOptions } from '../reading/cyclictest-options.ts';
import type { SourceThread } from '../reading/measured-thread.ts';
import { invalid, type Place } from '../reading/problem.ts';
import type { Status, TextEvent } from './events.ts';
import { Histogram, INITIAL_MIN } from './histogram.ts';
import { PrintedSamples } from './samples.ts';

const MAX_THREADS = 4096;

/** Everything that the text of one run said, in the unit of the text. */
export class TextRun {
  /** Line of its first word. */
  readonly line: number;
  readonly label: string;
  /** Latest `T:` line of each thread. */
  readonly status = new Map<number, Status>();
  readonly samples: PrintedSamples;
  histogram: Histogram | undefined;
  command: CyclictestOptions | undefined;
  /** What a comment or the form of the `T:` lines says. */
  unit: Unit | undefined;
  latencyUs: number | undefined;
  policy: string | undefined;
  breakValue: number | undefined;
  isSnapshot = false;
  /** The last line was cut off. */
  isCut = false;
  readonly #budget: BinBudget;

  constructor(line: number, label: string, budget: BinBudget) {
    this.line = line;
    this.label = label;
    this.samples = new PrintedSamples(budget);
    this.#budget = budget;
  }

  get hasResults(): boolean {
    return this.status.size > 0 || !this.samples.isEmpty || this.histogram?.hasSamples === true;
  }

  /** False when `event` can only belong to another run that begins here. */
  accepts(event: TextEvent): boolean {
    switch (event.kind) {
      case 'start':
      case 'snapshot':
      case 'unit':
        return !this.hasResults && this.histogram === undefined;
      case 'command':
        return this.latencyUs === undefined && !this.hasResults && this.histogram === undefined;
      case 'header':
        return this.latencyUs === undefined && !this.hasResults && this.histogram === undefined;
      case 'histogram':
        return this.histogram === undefined;
      case 'sample':
        return this.histogram === undefined && this.samples.continuesWith(event);
      case 'status':
        return this.histogram === undefined && continues(this.status.get(event.thread), event);
      default:
        return true;
    }
  }

  add(event: TextEvent, place: Place): void {
    if (event.kind === 'command') this.command = event.options;
    else if (event.kind === 'header') this.latencyUs = event.latencyUs;
    else if (event.kind === 'unit') this.unit = event.unit;
    else if (event.kind === 'policy') this.policy = event.policy;
    else if (event.kind === 'snapshot') this.isSnapshot = true;
    else if (event.kind === 'break') this.breakValue = event.value;
    else if (event.kind === 'sample') this.samples.add(event, place);
    else if (event.kind === 'status') this.#addStatus(event, place);
    else this.#addToHistogram(event, place);
  }

  /** The threads by the part of the output that says most of them. */
  threads(): SourceThread[] {
    const { histogram, samples, command } = this;
    const printed = samples.threads();
    if (!histogram?.hasSamples)
      return printed.length > 0 ? printed : [...this.status.values()].map(statusThread(this.#budget));
    const counted = histogram.threads(command?.histogramLimit ?? histogram.limit);
    // With `-v` the samples beyond the histogram are known as well, if every single one was printed.
    const isAllPrinted =
      printed.length === counted.length &&
      printed.every((thread, index) => thread.samples !== null && thread.samples === counted[index].samples);
    return isAllPrinted
      ? printed.map((thread, index) => ({ ...thread, overflowCycles: counted[index].overflowCycles }))
      : counted;
  }

  #addStatus(event: Status, place: Place): void {
    if (this.status.size >= MAX_THREADS) throw invalid(place, `more than ${MAX_THREADS} threads`);
    this.status.set(event.thread, event);
    this.unit ??= event.unit;
  }

  #addToHistogram(event: TextEvent, place: Place): void {
    if (event.kind === 'histogram' || (event.kind === 'row' && event.isPadded)) {
      this.histogram ??= new Histogram(this.#budget);
    }
    const { histogram } = this;
    if (histogram === undefined) return;
    if (event.kind === 'footer') histogram.addFooter(event, place);
    else if (event.kind === 'overflow-cycles') histogram.addOverflowCycles(event);
    else if (event.kind === 'row' && histogram.isOpen) histogram.addRow(event.text, place);
    else if (event.kind === 'damaged-row' && histogram.isOpen) {
      throw invalid(place, `"${event.text}" is not a row of the histogram`, 'rows hold whole numbers only');
    }
  }
}

/** The figures of a thread only grow, and its thread id changes only from 0 to what it is. */
function continues(before: Status | undefined, { tid, cycles }: Status): boolean {
  return before === undefined || (cycles >= before.cycles && (before.tid === 0 || tid === before.tid));
}

/** Of a thread without histogram no sample is known, only that none is below the minimum. */
function statusThread(budget: BinBudget): (status: Status) => SourceThread {
  return ({ thread, cycles, min, avg, max }) => ({
    name: String(thread),
    bins: new Bins(budget),
    samples: cycles,
    limit: min,
    min: min === INITIAL_MIN ? null : min,
    max: max ?? null,
    mean: avg,
  });
}
