import { COSTS, type CostName, type CostProfile, type SourcedValue } from '../machine/costs/profile.ts';
import { STAGES, type StageName } from '../machine/costs/stages.ts';
import { UserError } from '../user-error.ts';

/** A value of a profile that a fit may move: a cost, or the path length of a stage. */
export interface Parameter {
  readonly name: string;
  readonly kind: 'cost' | 'stage';
  readonly min: number;
  readonly max: number;
  /** Its value before the fit. */
  readonly prior: number;
}

/** Paths are never longer than this; the longest of the stage table has 3500 instructions. */
const MAX_INSTRUCTIONS = 20_000;

/** Looks a name up among costs and stages. Throws a UserError ("fit-parameter") for one that is neither. */
export function parameter(name: string, profile: CostProfile): Parameter {
  if (Object.hasOwn(COSTS, name)) {
    const { min, max } = COSTS[name as CostName];
    return { name, kind: 'cost', min, max, prior: profile.costs[name as CostName].value };
  }
  if (Object.hasOwn(STAGES, name)) {
    const prior = profile.stages?.[name]?.value ?? STAGES[name as StageName].instructions;
    return { name, kind: 'stage', min: 0, max: MAX_INSTRUCTIONS, prior };
  }
  throw new UserError('fit-parameter', {
    message: `${JSON.stringify(name)} is neither a cost nor a stage`,
    hint: `costs: ${Object.keys(COSTS).join(', ')}; stages: as \`kvmtimer show --costs\` lists them`,
  });
}

/** A parameter that a fit may move. The search multiplies, hence it cannot leave 0. */
export function freeParameter(name: string, profile: CostProfile): Parameter {
  const found = parameter(name, profile);
  if (found.prior > 0) return found;
  throw new UserError('fit-parameter', {
    path: '--free',
    message: `${name} is 0 in the profile ${profile.name}, and a fit multiplies`,
    hint: 'give it a value above 0 in the profile, or leave it out',
  });
}

/** The profile with other values for some parameters, each with the source that `origin` gives. */
export function withParameters(
  profile: CostProfile,
  parameters: readonly Parameter[],
  values: readonly number[],
  origin: Pick<SourcedValue, 'kind' | 'source'>,
): CostProfile {
  const costs: Record<string, SourcedValue> = { ...profile.costs };
  const stages: Record<string, SourcedValue> = { ...profile.stages };
  parameters.forEach(({ name, kind }, index) => {
    const target = kind === 'cost' ? costs : stages;
    target[name] = { value: values[index], ...origin };
  });
  return { ...profile, costs: costs as CostProfile['costs'], stages };
}

/** Costs are stated to four significant digits: more would pretend to a precision that no fit has. */
export function roundParameter(value: number): number {
  return Number(value.toPrecision(4));
}
