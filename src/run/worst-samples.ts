import type { TracedSample } from '../formats/machine-trace.ts';
import type { LatencyRecorder } from '../machine/latency-recorder.ts';
import type { Cycles, Nanoseconds } from '../time.ts';

/** One of a run's worst samples: which thread's, and its number there. */
export interface Worst {
  readonly thread: number;
  readonly cycle: number;
  readonly latencyNs: Nanoseconds;
}

/** The `count` worst samples of all threads, worst first; equal ones by thread and cycle. */
export function worstOf(results: readonly Pick<LatencyRecorder, 'worst'>[], count: number): Worst[] {
  return results
    .flatMap(({ worst }, thread) =>
      worst.map(({ cycle, latencyNs, latencyCycles }) => ({ thread, cycle, latencyNs, latencyCycles })),
    )
    .sort(
      (one, other) =>
        other.latencyCycles - one.latencyCycles || one.thread - other.thread || one.cycle - other.cycle,
    )
    .slice(0, count)
    .map(({ thread, cycle, latencyNs }) => ({ thread, cycle, latencyNs }));
}

/**
 * Whether a span of time on a lane lies in the neighbourhood of a sample that has a rank: from the deadline of the
 * sample before it to the end of the one after it.
 */
export function windowsAround(
  samples: readonly TracedSample[],
): (lane: number, begin: Cycles, end: Cycles) => boolean {
  const windows = samples
    .filter(({ rank }) => rank !== null)
    .map((worst) => {
      const neighbour = (distance: number) =>
        samples.find(({ thread, cycle }) => thread === worst.thread && cycle === worst.cycle + distance) ??
        worst;
      return { lane: worst.lane, from: neighbour(-1).begin, to: neighbour(1).end };
    });
  return (lane, begin, end) =>
    windows.some((window) => window.lane === lane && begin >= window.from && end <= window.to);
}
