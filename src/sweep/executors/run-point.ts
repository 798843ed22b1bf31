import { runScenario } from '../../run/run-at-once.ts';
import { loadProfile, profileLibrary } from '../../scenario/profile.ts';
import { resolveScenario } from '../../scenario/resolve.ts';
import type { PointRunner } from './batch.ts';

const shipped = profileLibrary(loadProfile);

/** Checks a point's scenario and runs it in this thread. Profiles that the sweep brings come before shipped ones. */
export const runPoint: PointRunner = (raw, profiles, hooks) => {
  const profileOf = (cpu: string) => (Object.hasOwn(profiles, cpu) ? profiles[cpu] : shipped(cpu));
  return runScenario(resolveScenario(raw, { profileOf }), hooks);
};
