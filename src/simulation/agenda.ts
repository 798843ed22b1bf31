/** A time that never comes. */
export const NEVER = Number.POSITIVE_INFINITY;

/**
 * What will happen next: a fixed set of sources, each with at most one pending time. Order is total: earlier time
 * first, then lower source number (its priority). `earliest` is kept up to date, so that asking "is anything due?"
 * costs one comparison. Knows nothing of timers; there are never more than a dozen sources, so a scan beats a heap.
 */
export class Agenda {
  /** Time of the next event, `NEVER` when there is none. */
  earliest = NEVER;
  /** Source of that event, -1 when there is none. */
  source = -1;
  private readonly times: Float64Array;

  constructor(sources: number) {
    this.times = new Float64Array(sources).fill(NEVER);
  }

  timeOf(source: number): number {
    return this.times[source];
  }

  schedule(source: number, time: number): void {
    this.times[source] = time;
    if (source === this.source) this.findEarliest();
    else if (time < this.earliest || (time === this.earliest && source < this.source)) {
      this.earliest = time;
      this.source = source;
    }
  }

  cancel(source: number): void {
    this.times[source] = NEVER;
    if (source === this.source) this.findEarliest();
  }

  private findEarliest(): void {
    const { times } = this;
    let source = 0;
    for (let index = 1; index < times.length; index++) if (times[index] < times[source]) source = index;
    this.earliest = times[source];
    this.source = this.earliest === NEVER ? -1 : source;
  }
}
