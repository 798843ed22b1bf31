import type { Plan } from '../plan/plan.ts';
import { isContinuous } from '../plan/space.ts';

/** What is varied as one: a field, or the fields of a zip group. */
export interface Factor {
  readonly name: string;
  /** Places in `Plan.parameters`. */
  readonly positions: readonly number[];
  /** Sampled from a range: hardly a value appears twice. */
  readonly isContinuous: boolean;
}

export function factorsOf({ definition, parameters }: Plan): Factor[] {
  const { vary, zip } = definition.sweep;
  const groups = [...Object.keys(vary).map((path) => [path]), ...zip.map((group) => Object.keys(group))];
  const grouped = new Set(groups.flat());
  const others = parameters.filter((path) => !grouped.has(path)).map((path) => [path]);
  return [...groups, ...others].map((paths) => ({
    name: paths.join(' + '),
    positions: paths.map((path) => parameters.indexOf(path)),
    isContinuous: paths.some((path) => vary[path] !== undefined && isContinuous(vary[path])),
  }));
}
