import type { JsonObject } from '../scenario/json-source.ts';
import { LayeredDocument } from '../scenario/merge.ts';
import { loadProfile, profileLibrary } from '../scenario/profile.ts';
import { resolveScenario } from '../scenario/resolve.ts';
import { UserError } from '../user-error.ts';
import type { PointRunner } from './executors/batch.ts';
import type { Plan } from './plan/plan.ts';

const PROBES = 5;
const PROBE_LOOPS = 2000;

/**
 * Seconds that the plan takes on `threads` threads, from runs of a few thousand loops at five points spread over it.
 * A sample, to tell minutes from days.
 */
export function estimateSeconds(plan: Plan, threads: number, runPoint: PointRunner): number {
  const probed = probe(plan, runPoint);
  const seconds = mean(probed.map(({ secondsPerLoop, loops }) => secondsPerLoop * loops));
  return seconds * (plan.size / Math.min(threads, plan.size));
}

/** Seconds that a loop takes here on average over the plan, measured as for `estimateSeconds`. */
export function measureSecondsPerLoop(plan: Plan, runPoint: PointRunner): number {
  return mean(probe(plan, runPoint).map(({ secondsPerLoop }) => secondsPerLoop));
}

interface Probe {
  readonly loops: number;
  readonly secondsPerLoop: number;
}

/** A point that is no valid scenario costs nothing. */
function probe(plan: Plan, runPoint: PointRunner): Probe[] {
  const { profiles } = plan.definition;
  const shipped = profileLibrary(loadProfile);
  const profileOf = (cpu: string) => (Object.hasOwn(profiles, cpu) ? profiles[cpu] : shipped(cpu));
  const count = Math.min(PROBES, plan.size);
  return Array.from({ length: count }, (_, index) => {
    const raw = plan.scenario(plan.point(Math.floor(((index + 0.5) * plan.size) / count)));
    try {
      const { workload } = resolveScenario(raw, { profileOf }).scenario;
      const short = Math.min(workload.loops, PROBE_LOOPS);
      const seconds = timeOf(() => runPoint(withLoops(raw, short), profiles, {}));
      return { loops: workload.loops, secondsPerLoop: seconds / short };
    } catch (error) {
      if (error instanceof UserError) return { loops: 0, secondsPerLoop: 0 };
      throw error;
    }
  });
}

function withLoops(raw: JsonObject, loops: number): JsonObject {
  const document = new LayeredDocument();
  document.value = raw;
  document.put(['workload', 'loops'], loops, { kind: 'set', name: 'probe', locate: () => undefined });
  return document.value as JsonObject;
}

/** Of the second run: the first warms the compiler up. */
function timeOf(action: () => void): number {
  action();
  const begin = performance.now();
  action();
  return (performance.now() - begin) / 1000;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
