import type { Json } from '../../measurement/result-document.ts';
import type { FieldSchema } from '../../scenario/field-catalogue.ts';
import type { JsonObject, JsonPath, JsonSource } from '../../scenario/json-source.ts';
import { LayeredDocument, pathText, valueAt } from '../../scenario/merge.ts';
import { describeIssues, type Locate } from '../../scenario/problems.ts';
import { scenarioFields } from '../../scenario/schema.ts';
import { applySetting } from '../../scenario/settings.ts';
import { type Problem, UserError } from '../../user-error.ts';
import { expandValues, valueAt as rangeValueAt } from '../plan/values.ts';
import type { SweepSpace, Values } from '../schema.ts';
import { overlaps, variedFields } from './check.ts';
import { sweepInvalid } from './parse.ts';
import type { ProfileShelf } from './profile-shelf.ts';

/** A value that a field takes in some points, and where the sweep file says so. */
interface Level {
  readonly path: string;
  readonly value: Json;
  readonly at: JsonPath;
}

/** Of a longer list or range, evenly spread values are looked at here; each point is checked again when it is run. */
const MAX_CHECKED = 500;

/**
 * Puts each value into a scenario in which all other varied fields have their first value. Throws a UserError
 * ("sweep-invalid") with the first problem of each field.
 */
export function checkLevels(
  sweep: SweepSpace,
  base: JsonObject,
  source: JsonSource,
  shelf: ProfileShelf,
): void {
  const fields = variedFields(sweep).map(({ path, values, at }) => levelsOf(path, values, at));
  const rules = sweep.include.map((rule, index) =>
    Object.entries(rule).map(([path, value]) => ({
      path,
      value: value as Json,
      at: ['include', index, path],
    })),
  );
  const first = fields.map((levels) => levels[0]);
  const problems: Problem[] = [];
  for (const [index, levels] of fields.entries()) {
    const others = first.filter((_, other) => other !== index);
    const faulty = levels.map((level) => problemsOf([...others, level], level, base, source, shelf));
    problems.push(...(faulty.find((found) => found.length > 0) ?? []));
  }
  for (const rule of rules) {
    for (const level of rule) problems.push(...problemsOf(rule, level, base, source, shelf));
  }
  if (problems.length > 0) throw new UserError('sweep-invalid', problems);
}

function levelsOf(path: string, values: Values, at: JsonPath): Level[] {
  const integer = integerFields([path]).length > 0;
  if (Array.isArray(values)) {
    return spread(values as readonly Json[]).map(({ value, index }) => ({ path, value, at: [...at, index] }));
  }
  const isContinuous = values.step === undefined && values.points === undefined;
  if (isContinuous) {
    return [0, 1].map((end) => ({ path, value: rangeValueAt(values, end, integer), at }));
  }
  return spread(expandValues(values, integer)).map(({ value }) => ({ path, value, at }));
}

function spread<Value>(values: readonly Value[]): { value: Value; index: number }[] {
  const stride = Math.max(1, (values.length - 1) / (MAX_CHECKED - 1));
  const count = Math.min(values.length, MAX_CHECKED);
  return Array.from({ length: count }, (_, step) => {
    const index = Math.round(step * stride);
    return { value: values[index], index };
  });
}

function problemsOf(
  levels: readonly Level[],
  suspect: Level,
  base: JsonObject,
  source: JsonSource,
  shelf: ProfileShelf,
): Problem[] {
  const document = new LayeredDocument();
  document.value = base;
  for (const { path, value, at } of levels) {
    const problem = applySetting(document, { option: path, path: path.split('.'), value });
    if (problem === undefined) continue;
    if (at !== suspect.at) return [];
    return [...sweepInvalid(source, [{ at, part: 'key', ...problem }]).problems];
  }
  const locate: Locate = (path, part) => {
    const text = overlaps(pathText(path), suspect.path) ? suspect.path : pathText(path);
    return {
      file: source.file,
      ...source.locate(part === 'key' ? fieldOf(suspect.at) : suspect.at, part),
      path: text,
    };
  };
  const isSuspect = ({ path }: Problem) => path === suspect.path;
  const parsed = scenarioFields.safeParse(document.value);
  if (!parsed.success) {
    const found = describeIssues(parsed.error.issues, document.value, scenarioFields.catalogue(), locate);
    return found.filter(isSuspect);
  }
  return profileProblems(document.value, suspect, locate, shelf);
}

/** The place of a field, given the place of one of its listed values. */
function fieldOf(at: JsonPath): JsonPath {
  return at[0] !== 'include' && typeof at.at(-1) === 'number' ? at.slice(0, -1) : at;
}

function profileProblems(scenario: unknown, suspect: Level, locate: Locate, shelf: ProfileShelf): Problem[] {
  const cpu = valueAt(scenario, ['host', 'cpu']);
  if (typeof cpu !== 'string' || !overlaps('host.cpu', suspect.path)) return [];
  try {
    shelf.get(cpu);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.problems.map((problem) => ({ ...locate(['host', 'cpu'], 'value'), ...problem }));
  }
}

/** Those of the fields that take nothing but whole numbers. */
export function integerFields(paths: readonly string[]): string[] {
  const catalogue = scenarioFields.catalogue();
  const types = (node: FieldSchema): (string | undefined)[] => {
    const choices = node.anyOf ?? node.oneOf;
    return choices === undefined ? [node.type] : choices.flatMap(types);
  };
  return paths.filter((path) => {
    const found = catalogue.at(path.split('.')).flatMap(types);
    return found.includes('integer') && !found.includes('number');
  });
}
