/**
 * What every simulator can express: one process that arms a timer, waits, and goes through the stages of its expiry.
 * Each step is an event. Durations are constants, which spares the others the random draws of the engine.
 */
export interface Chain {
  readonly loops: number;
  readonly arm: number;
  readonly wait: number;
  /** The stages between the deadline and the read of the clock. */
  readonly late: readonly number[];
}

export interface ChainRun {
  readonly version: string;
  readonly nsPerEvent: number;
  /** Sum of all latencies, by which a simulator shows that it did the work. */
  readonly latency: number;
}

const STAGES = { exit: 700, handle: 300, inject: 250, readClock: 200 };

/** A chain of `events` events in each loop. */
export function chainOf(loops: number, events: number): Chain {
  const stages = Object.values(STAGES);
  const late = Array.from({ length: Math.max(1, events - 2) }, (_, index) => stages[index % stages.length]);
  return { loops, arm: 400, wait: 2_000_000, late };
}

export function eventsOf({ loops, late }: Chain): number {
  return loops * (2 + late.length);
}

/** What the latencies of a chain add up to. */
export function latencyOf({ loops, late }: Chain): number {
  return loops * late.reduce((sum, cycles) => sum + cycles, 0);
}
