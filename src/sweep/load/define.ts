import { join } from 'node:path';
import type { CostProfile } from '../../machine/costs/profile.ts';
import type { Json } from '../../measurement/result-document.ts';
import type { JsonObject, JsonSource } from '../../scenario/json-source.ts';
import { loadScenario } from '../../scenario/load.ts';
import { type Layer, LayeredDocument, pathText, valueAt } from '../../scenario/merge.ts';
import type { Locate } from '../../scenario/problems.ts';
import { isProfilePath } from '../../scenario/profile.ts';
import { resolveScenario } from '../../scenario/resolve.ts';
import { applySetting, isProblem, parseSetting, type Setting } from '../../scenario/settings.ts';
import { isBareName } from '../../scenario/shipped.ts';
import { isReachable } from '../../scenario/source-chain.ts';
import { UserError } from '../../user-error.ts';
import { VERSION } from '../../version.ts';
import type { SweepDefinition } from '../plan/plan.ts';
import type { SweepFile } from '../schema.ts';
import { overlaps, variedFields } from './check.ts';
import { checkLevels, integerFields } from './check-levels.ts';
import { sweepInvalid } from './parse.ts';
import { ProfileShelf } from './profile-shelf.ts';

export interface DefineOptions {
  readonly set?: readonly string[];
  readonly allowOutside?: boolean;
}

/** Puts the base scenario and its profiles in place of their names, and checks every varied value against it. */
export async function defineSweep(
  sweep: SweepFile,
  source: JsonSource,
  folder: string,
  options: DefineOptions,
): Promise<SweepDefinition> {
  const shelf = new ProfileShelf(folder, options.allowOutside ?? false);
  const written = await readBase(sweep, source, folder, options, shelf);
  const { raw, locate } = withSettings(sweep, source, written, options.set ?? []);
  const resolved = resolveScenario(raw, { profileOf: (cpu) => shelf.get(cpu), locate });
  checkLevels(sweep, raw, source, shelf);
  const included = [...new Set(sweep.include.flatMap((rule) => Object.keys(rule)))];
  const parameters = [...variedFields(sweep).map(({ path }) => path), ...included];
  const defaults = parameters.flatMap((path) => {
    const value = valueAt(resolved.scenario, path.split('.'));
    return value === undefined ? [] : [[path, value as Json] as const];
  });
  return {
    kvmtimer_version: VERSION,
    sweep: { ...sweep, base: raw, set: {} },
    profiles: shelf.brought(),
    defaults: Object.fromEntries(defaults),
    integers: integerFields(parameters),
  };
}

interface WrittenBase {
  readonly raw: JsonObject;
  readonly locate: Locate;
}

async function readBase(
  { name, base }: SweepFile,
  source: JsonSource,
  folder: string,
  { allowOutside = false }: DefineOptions,
  shelf: ProfileShelf,
): Promise<WrittenBase> {
  if (typeof base !== 'string') {
    const locate: Locate = (path, part) => {
      return { file: source.file, ...source.locate(['base', ...path], part), path: pathText(path) };
    };
    return { raw: { name, ...base }, locate };
  }
  const shipped = isBareName(base) && !base.endsWith('.json');
  const file = shipped ? base : join(folder, base);
  if (!shipped && !allowOutside && !isReachable(file, folder)) {
    const message = `"${base}" lies outside the folder of the sweep`;
    throw sweepInvalid(source, [{ at: ['base'], message, hint: '--allow-outside permits it' }]);
  }
  try {
    const { raw, profile } = await loadScenario(file, { allowOutside });
    keepProfile(raw, profile, shelf);
    return { raw: raw as JsonObject, locate: (path) => ({ file, path: pathText(path) }) };
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'file-missing') throw error;
    const { message, hint } = error.problems[0];
    throw sweepInvalid(source, [{ at: ['base'], message: `${file}: ${message}`, hint }]);
  }
}

/** A profile file that the base names is seen from the base's folder, and goes by the name it has there. */
function keepProfile(raw: unknown, profile: CostProfile, shelf: ProfileShelf): void {
  const cpu = valueAt(raw, ['host', 'cpu']);
  if (typeof cpu === 'string' && isProfilePath(cpu)) shelf.put(cpu, profile);
}

/** Written out, so that a field of it can be varied. */
const DEFAULT_WORKLOAD = { tool: 'cyclictest' };
const BASE: Layer = { kind: 'file', name: 'base', locate: () => undefined };

/** The sweep's `set`, then the command line's `--set`, over the base. */
function withSettings(
  sweep: SweepFile,
  source: JsonSource,
  base: WrittenBase,
  options: readonly string[],
): WrittenBase {
  const document = new LayeredDocument();
  document.value = base.raw;
  if (base.raw.workload === undefined) document.lay({ workload: DEFAULT_WORKLOAD }, BASE);
  for (const [path, value] of Object.entries(sweep.set)) {
    const problem = applySetting(document, { option: `set.${path}`, path: path.split('.'), value });
    const at = ['set', path];
    if (problem)
      throw sweepInvalid(source, [{ at, part: 'key', message: problem.message, hint: problem.hint }]);
  }
  const settings = options.map((text) => setting(text, sweep));
  for (const each of settings) {
    const problem = applySetting(document, each);
    if (problem) throw new UserError('scenario-invalid', problem);
  }
  const locate: Locate = (path, part) => {
    const text = pathText(path);
    const option = settings.findLast((each) => overlaps(pathText(each.path), text))?.option;
    if (option !== undefined) return { path: option };
    const own = Object.keys(sweep.set).find((each) => overlaps(each, text));
    if (own === undefined) return base.locate(path, part);
    return { file: source.file, ...source.locate(['set', own], part), path: own };
  };
  return { raw: document.value as JsonObject, locate };
}

/** `--set` of a field that the sweep varies would be undone in every point. */
function setting(text: string, sweep: SweepFile): Setting {
  const parsed = parseSetting(text);
  if (isProblem(parsed)) throw new UserError('scenario-invalid', parsed);
  const path = pathText(parsed.path);
  const varied = variedFields(sweep).find((field) => overlaps(field.path, path));
  if (varied === undefined) return parsed;
  const message = `${varied.path} is varied by the sweep`;
  throw new UserError('sweep-invalid', {
    path: parsed.option,
    message,
    hint: 'set a field that is not varied',
  });
}
