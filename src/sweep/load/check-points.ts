import type { JsonSource } from '../../scenario/json-source.ts';
import { loadProfile, profileLibrary } from '../../scenario/profile.ts';
import { resolveScenario } from '../../scenario/resolve.ts';
import { UserError } from '../../user-error.ts';
import { describeValues } from '../describe.ts';
import type { Plan } from '../plan/plan.ts';
import { sweepInvalid } from './parse.ts';

/** Points that are resolved before anything is run, evenly spread over the plan. */
const MAX_CHECKED = 300;

/** Finds combinations that are no valid scenario though each value is. Throws a UserError with the first of them. */
export function checkPoints(plan: Plan, source: JsonSource): void {
  const { profiles } = plan.definition;
  const shipped = profileLibrary(loadProfile);
  const profileOf = (cpu: string) => (Object.hasOwn(profiles, cpu) ? profiles[cpu] : shipped(cpu));
  const count = Math.min(plan.size, MAX_CHECKED);
  for (let step = 0; step < count; step++) {
    const point = plan.point(Math.floor((step * plan.size) / count));
    try {
      resolveScenario(plan.scenario(point), { profileOf });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const values = describeValues(plan.parameters, point.values);
      const message = `with ${values} there is no valid scenario: ${error.message}`;
      throw sweepInvalid(source, [{ at: ['vary'], message, hint: 'leave such points out with `exclude`' }]);
    }
  }
}
