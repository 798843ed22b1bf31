import type { Cycles } from '../time.ts';
import { Stage, type StageId } from './costs/stages.ts';

/** Entries from which on it pays to move the rest to the front. */
const COMPACT_AT = 1024;
/**
 * Waiting past the deadline is the timer's lateness, whether the CPU idles meanwhile or has other work: the interrupt
 * that ends it wakes the thread, after which neither the idle loop nor a lesser thread runs before it.
 */
const LATENESS = Stage['hardware.timer_lateness'];
const WAITING: readonly StageId[] = [Stage['guest.idle'], Stage['guest.busy'], Stage['host.idle']];

/**
 * The flight recorder: which stage the CPU was in, cycle by cycle. Stages follow each other without a gap, hence the
 * stages between any two moments add up to the time between them; that is what makes the ledger exact.
 */
export class PathRecorder {
  private stages = new Uint8Array(256);
  private ends = new Float64Array(256);
  /** Entries. Updates with `| 0` keep it an integer of 32 bits, which an index had better be. */
  private length = 0;
  /** Where the first entry begins. */
  private start: Cycles = 0;

  record(stage: StageId, end: Cycles): void {
    if (this.length === this.stages.length) this.grow();
    this.stages[this.length] = stage;
    this.ends[this.length] = end;
    this.length = (this.length + 1) | 0;
  }

  /** Drops what happened before `time`: at once when all of it did, else when it has become much. */
  forget(time: Cycles): void {
    if (this.length === 0) return;
    if (this.ends[this.length - 1] <= time) {
      this.start = this.ends[this.length - 1];
      this.length = 0;
    } else if (this.length > COMPACT_AT) {
      this.compact(this.indexAfter(time));
    }
  }

  private compact(dropped: number): void {
    if (dropped === 0) return;
    this.start = this.ends[dropped - 1];
    this.stages.copyWithin(0, dropped, this.length);
    this.ends.copyWithin(0, dropped, this.length);
    this.length = (this.length - dropped) | 0;
  }

  /** Adds the cycles of each stage since `from` to `ledger`; returns their sum. */
  addTo(ledger: Float64Array, from: Cycles): Cycles {
    const { stages, ends, length } = this;
    const first = this.indexAfter(from);
    if (first === length) return 0;
    const begin = Math.max(this.start, from);
    ledger[stages[first]] += ends[first] - begin;
    for (let index = first + 1; index < length; index++) {
      ledger[stages[index]] += ends[index] - ends[index - 1];
    }
    for (const waiting of WAITING) {
      ledger[LATENESS] += ledger[waiting];
      ledger[waiting] = 0;
    }
    return ends[length - 1] - begin;
  }

  /** The stages since `from` in order, neighbours of the same stage joined. */
  path(from: Cycles): [StageId, Cycles][] {
    const path: [StageId, Cycles][] = [];
    let begin = Math.max(this.start, from);
    for (let index = this.indexAfter(from); index < this.length; index++) {
      const spent = this.ends[index] - begin;
      const stage = nameOf(this.stages[index]);
      begin = this.ends[index];
      const last = path.at(-1);
      if (last !== undefined && last[0] === stage) last[1] += spent;
      else if (spent > 0) path.push([stage, spent]);
    }
    return path;
  }

  private indexAfter(from: Cycles): number {
    let index = this.length;
    while (index > 0 && this.ends[index - 1] > from) index--;
    return index;
  }

  private grow(): void {
    const stages = new Uint8Array(this.stages.length * 2);
    stages.set(this.stages);
    this.stages = stages;
    const ends = new Float64Array(this.ends.length * 2);
    ends.set(this.ends);
    this.ends = ends;
  }
}

function nameOf(stage: StageId): StageId {
  return WAITING.includes(stage) ? LATENESS : stage;
}
