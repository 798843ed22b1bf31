import { LayeredDocument, valueAt } from '../scenario/merge.ts';
import { loadProfile, profileLibrary } from '../scenario/profile.ts';
import { resolveScenario } from '../scenario/resolve.ts';
import type { PointRunner } from './executors/batch.ts';
import type { Plan } from './plan/plan.ts';

const PROBES = 5;
const PROBE_LOOPS = 2000;

/**
 * Seconds that the plan takes on `threads` threads, from runs of a few thousand loops at five points spread over it.
 * A sample, to tell minutes from days.
 */
export function estimateSeconds(plan: Plan, threads: number, runPoint: PointRunner): number {
  const { profiles } = plan.definition;
  const shipped = profileLibrary(loadProfile);
  const profileOf = (cpu: string) => (Object.hasOwn(profiles, cpu) ? profiles[cpu] : shipped(cpu));
  const probes = Math.min(PROBES, plan.size);
  let seconds = 0;
  for (let probe = 0; probe < probes; probe++) {
    const raw = plan.scenario(plan.point(Math.floor(((probe + 0.5) * plan.size) / probes)));
    const loops = valueAt(resolveScenario(raw, { profileOf }).scenario, ['workload', 'loops']) as number;
    const small = new LayeredDocument();
    small.value = raw;
    const probed = Math.min(loops, PROBE_LOOPS);
    small.put(['workload', 'loops'], probed, { kind: 'set', name: 'probe', locate: () => undefined });
    // The first run of each kind warms the compiler up.
    runPoint(small.value as never, profiles, {});
    const begin = performance.now();
    runPoint(small.value as never, profiles, {});
    seconds += ((performance.now() - begin) / 1000) * (loops / probed);
  }
  return (seconds / probes) * (plan.size / Math.min(threads, plan.size));
}
