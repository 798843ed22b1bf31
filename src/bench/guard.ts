import type { CaseResult } from './measure.ts';

/**
 * How many times the limit the engine may take in continuous integration. Wide, since machines differ: it is there
 * for the change that makes the engine several times slower. This is the only place that states it.
 */
export const GUARD_RATIO = 25;
/** Enough to tell a factor, few enough for a few seconds. */
export const GUARD_LOOPS = 100_000;
export const GUARD_FAILED = 2;

/** The guard takes the best repetition: a busy machine slows single runs, a slower engine slows all. */
export function violations(cases: readonly CaseResult[], guard: number): string[] {
  return cases
    .filter(({ ratio }) => ratio !== null && ratio.min > guard)
    .map(({ name, ratio }) => `${name}: ${ratio!.min.toFixed(1)} times the limit, more than ${guard}`);
}
