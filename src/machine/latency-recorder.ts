import type { Cycles, Nanoseconds } from '../time.ts';
import { STAGE_NAMES, type StageId } from './costs/stages.ts';
import type { PathRecorder } from './path-recorder.ts';

/** Bins of 10 ns up to 655 µs in an array that grows to what is needed; the few beyond in a map. */
export const BIN_NS = 10;
const FIRST_BINS = 4096;
const DENSE_BINS = 65_536;
const WORST_KEPT = 10;

export interface RecordedSample {
  readonly cycle: number;
  readonly latencyCycles: Cycles;
  readonly latencyNs: Nanoseconds;
  readonly path: readonly (readonly [StageId, Cycles])[];
}

/** What a recorder holds, as plain data that can go from one thread to another. */
export type RecordedLatencies = Pick<
  LatencyRecorder,
  | 'samples'
  | 'minNs'
  | 'maxNs'
  | 'sumNs'
  | 'minCycles'
  | 'maxCycles'
  | 'sumCycles'
  | 'ledger'
  | 'tailSamples'
  | 'tailLedger'
  | 'worst'
  | 'overflowCycles'
> & { readonly binned: readonly [bin: number, samples: number][] };

/** Everything that is kept of a thread's samples; its size does not grow with their number. */
export class LatencyRecorder {
  samples = 0;
  minNs: Nanoseconds = Number.POSITIVE_INFINITY;
  maxNs: Nanoseconds = 0;
  /** Sum of the samples in ns, exact up to 2^53. */
  sumNs = 0;
  minCycles: Cycles = Number.POSITIVE_INFINITY;
  maxCycles: Cycles = 0;
  sumCycles: Cycles = 0;
  readonly ledger = new Float64Array(STAGE_NAMES.length);
  /** Samples of at least this long are added up in a ledger of their own: what makes the slow ones slow. */
  tailFromNs: Nanoseconds = Number.POSITIVE_INFINITY;
  tailSamples = 0;
  readonly tailLedger = new Float64Array(STAGE_NAMES.length);
  readonly worst: RecordedSample[] = [];
  /** A sample must be longer than this to be among the worst: the least of them, once there are enough. */
  private worstFloorCycles: Cycles = Number.NEGATIVE_INFINITY;
  readonly overflowCycles: number[] = [];
  private dense = new Float64Array(FIRST_BINS);
  private readonly sparse = new Map<number, number>();
  /** With so many samples it goes back to what it held when it began to settle. */
  private settledSamples = Number.POSITIVE_INFINITY;
  /** That, or nothing: a list, since what a field of its own held would be part of the machine. */
  private readonly beforeSettling: RecordedLatencies[] = [];

  /** `overflowNs`: samples from here on overflow the text histogram; at most `overflowLimit` cycles are kept. */
  constructor(
    private readonly overflowNs: Nanoseconds,
    private readonly overflowLimit: number,
  ) {}

  /** The next `samples` samples do not count: they are recorded like all others, and then forgotten. */
  settle(samples: number): void {
    this.beforeSettling.push(this.snapshot());
    this.settledSamples = this.samples;
    this.samples -= samples;
    // None of them is worth its path.
    this.worstFloorCycles = Number.POSITIVE_INFINITY;
  }

  get isSettling(): boolean {
    return this.settledSamples !== Number.POSITIVE_INFINITY;
  }

  /** Goes back to what it held before it began to settle. */
  endSettling(): void {
    const before = this.beforeSettling.pop();
    if (before === undefined) return;
    this.clear();
    this.append(before);
    this.settledSamples = Number.POSITIVE_INFINITY;
  }

  /** One sample, whose path began at host TSC `deadline` and ends now. */
  record(latencyNs: Nanoseconds, deadline: Cycles, now: Cycles, path: PathRecorder): void {
    const latencyCycles = now - deadline;
    const accounted = path.addTo(this.ledger, deadline);
    if (accounted !== latencyCycles) this.refuseSum(accounted, latencyCycles);
    if (latencyNs >= this.tailFromNs) {
      this.tailSamples++;
      path.addTo(this.tailLedger, deadline);
    }
    if (latencyCycles > this.worstFloorCycles) this.keepWorst(latencyNs, latencyCycles, deadline, path);
    if (latencyNs >= this.overflowNs) this.keepOverflow();
    this.count(Math.floor(latencyNs / BIN_NS), 1);
    this.samples++;
    this.sumNs += latencyNs;
    this.sumCycles += latencyCycles;
    if (latencyNs < this.minNs) this.minNs = latencyNs;
    if (latencyNs > this.maxNs) this.maxNs = latencyNs;
    if (latencyCycles < this.minCycles) this.minCycles = latencyCycles;
    if (latencyCycles > this.maxCycles) this.maxCycles = latencyCycles;
    if (this.samples === this.settledSamples) this.endSettling();
  }

  /** What it holds at the moment. */
  snapshot(): RecordedLatencies {
    const { samples, minNs, maxNs, sumNs, minCycles, maxCycles, sumCycles, tailSamples } = this;
    return {
      ...{ samples, minNs, maxNs, sumNs, minCycles, maxCycles, sumCycles, tailSamples },
      ledger: this.ledger.slice(),
      tailLedger: this.tailLedger.slice(),
      worst: [...this.worst],
      overflowCycles: [...this.overflowCycles],
      binned: this.bins(),
    };
  }

  /** Adds what another recorder holds, as if its samples had come after those that are here. */
  append(other: RecordedLatencies): void {
    for (const sample of other.worst) {
      if (sample.latencyCycles > this.worstFloorCycles)
        this.insertWorst({ ...sample, cycle: this.samples + sample.cycle });
    }
    const room = this.overflowLimit - this.overflowCycles.length;
    for (const cycle of other.overflowCycles.slice(0, room)) this.overflowCycles.push(this.samples + cycle);
    for (const [bin, samples] of other.binned) this.count(bin, samples);
    addUp(this.ledger, other.ledger);
    addUp(this.tailLedger, other.tailLedger);
    this.tailSamples += other.tailSamples;
    this.samples += other.samples;
    this.sumNs += other.sumNs;
    this.sumCycles += other.sumCycles;
    this.minNs = Math.min(this.minNs, other.minNs);
    this.maxNs = Math.max(this.maxNs, other.maxNs);
    this.minCycles = Math.min(this.minCycles, other.minCycles);
    this.maxCycles = Math.max(this.maxCycles, other.maxCycles);
  }

  /** `[bin, samples]` of `BIN_NS` each, ascending, only those that hold samples. */
  bins(): [number, number][] {
    const bins: [number, number][] = [];
    for (let bin = 0; bin < this.dense.length; bin++)
      if (this.dense[bin] > 0) bins.push([bin, this.dense[bin]]);
    return bins.concat([...this.sparse].sort(([one], [other]) => one - other));
  }

  private clear(): void {
    this.samples = this.sumNs = this.sumCycles = this.tailSamples = 0;
    this.minNs = this.minCycles = Number.POSITIVE_INFINITY;
    this.maxNs = this.maxCycles = 0;
    for (const sums of [this.ledger, this.tailLedger, this.dense]) sums.fill(0);
    this.sparse.clear();
    this.worst.length = this.overflowCycles.length = 0;
    this.worstFloorCycles = Number.NEGATIVE_INFINITY;
  }

  private count(bin: number, samples: number): void {
    if (bin < this.dense.length) this.dense[bin] += samples;
    else this.countBeyond(bin, samples);
  }

  private countBeyond(bin: number, samples: number): void {
    if (bin >= DENSE_BINS) {
      this.sparse.set(bin, (this.sparse.get(bin) ?? 0) + samples);
      return;
    }
    const { dense } = this;
    let bins = dense.length;
    while (bins <= bin) bins *= 2;
    this.dense = new Float64Array(bins);
    this.dense.set(dense);
    this.dense[bin] += samples;
  }

  private refuseSum(accounted: Cycles, latencyCycles: Cycles): never {
    throw new Error(`the stages account for ${accounted} of ${latencyCycles} cycles`);
  }

  private keepOverflow(): void {
    if (this.overflowCycles.length < this.overflowLimit) this.overflowCycles.push(this.samples);
  }

  private keepWorst(
    latencyNs: Nanoseconds,
    latencyCycles: Cycles,
    deadline: Cycles,
    path: PathRecorder,
  ): void {
    this.insertWorst({ cycle: this.samples, latencyCycles, latencyNs, path: path.path(deadline) });
  }

  private insertWorst(sample: RecordedSample): void {
    const { worst } = this;
    const place = worst.findIndex(({ latencyCycles }) => latencyCycles < sample.latencyCycles);
    worst.splice(place === -1 ? worst.length : place, 0, sample);
    worst.length = Math.min(worst.length, WORST_KEPT);
    if (worst.length === WORST_KEPT) this.worstFloorCycles = worst[WORST_KEPT - 1].latencyCycles;
  }
}

function addUp(sums: Float64Array, others: Float64Array): void {
  for (const [stage, cycles] of others.entries()) sums[stage] += cycles;
}
