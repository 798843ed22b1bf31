import { resolve } from 'node:path';
import type { CostProfile } from '../machine/costs/profile.ts';
import { type Problem, UserError } from '../user-error.ts';
import { LayeredDocument, pathText } from './merge.ts';
import { type Origin, originsOf } from './origins.ts';
import type { Locate } from './problems.ts';
import { isProfilePath, loadProfile } from './profile.ts';
import { type ResolvedMachine, resolveScenario } from './resolve.ts';
import { applySetting, isProblem, parseSetting, type Setting } from './settings.ts';
import { type ChainOptions, isReachable, readSourceChain, type SourceFile } from './source-chain.ts';

export interface LoadOptions extends ChainOptions {
  /** Overrides, "path=value" or taken apart already, in order. */
  readonly set?: readonly (string | Setting)[];
  /** Knobs that the machine does not have are errors instead of warnings. */
  readonly strict?: boolean;
}

/** A scenario read from a file, checked and resolved, with the origin of each value. */
export interface LoadedScenario extends ResolvedMachine {
  /** The file as it was named, "-" for standard input. */
  readonly file: string;
  /**
   * The scenario as written, with what it extends and the overrides merged: what `resolveScenario` takes.
   */
  readonly raw: unknown;
  readonly origins: ReadonlyMap<string, Origin>;
}

/**
 * Reads a scenario: a file, "-" (standard input), or the name of a shipped one. Throws a UserError that
 * tells all that is wrong, with places: nothing is guessed, nothing is skipped.
 */
export async function loadScenario(file: string, options: LoadOptions = {}): Promise<LoadedScenario> {
  const chain = await readSourceChain(file, options);
  const document = new LayeredDocument();
  for (const { source, members } of chain.toReversed()) {
    const { extends: _, ...own } = members;
    document.lay(own, { kind: 'file', name: source.file, locate: source.locate });
  }
  const problems = override(document, options.set ?? []);
  const locate = locateIn(document);
  try {
    const profileOf = (cpu: string) => loadProfileOf(cpu, document, chain, options);
    const machine = resolveScenario(document.value, { strict: options.strict, profileOf, locate });
    if (problems.length > 0) throw new UserError('scenario-invalid', problems);
    return {
      ...machine,
      file,
      raw: document.value,
      // Few want them, and they need the place of every value.
      get origins() {
        return originsOf(document, machine);
      },
    };
  } catch (error) {
    if (!(error instanceof UserError) || problems.length === 0) throw error;
    throw new UserError('scenario-invalid', [...new Set([...problems, ...error.problems])]);
  }
}

function override(document: LayeredDocument, settings: readonly (string | Setting)[]): Problem[] {
  return settings.flatMap((given) => {
    const setting = typeof given === 'string' ? parseSetting(given) : given;
    return (isProblem(setting) ? setting : applySetting(document, setting)) ?? [];
  });
}

function locateIn(document: LayeredDocument): Locate {
  return (path, part) => {
    const layer = document.layerOf(path);
    const position = layer?.locate(path, part);
    if (layer === undefined || position === undefined) return { path: layer?.name ?? pathText(path) };
    return { file: layer.name, ...position, path: pathText(path) };
  };
}

/** A profile path is seen from the file that states it, and must not lead out of the scenario's folder. */
function loadProfileOf(
  cpu: string,
  document: LayeredDocument,
  [top, ...rest]: readonly SourceFile[],
  { allowOutside = false }: LoadOptions,
): CostProfile {
  if (!isProfilePath(cpu)) return loadProfile(cpu);
  const layer = document.layerOf(['host', 'cpu']);
  const owner = [top, ...rest].find(({ name }) => layer?.kind === 'file' && name === layer.name);
  if (owner === undefined) return loadProfile(cpu);
  if (!allowOutside && !isReachable(resolve(owner.folder, cpu), top.folder)) {
    const message = `"${cpu}" lies outside the folder of the scenario`;
    throw new UserError('profile-unknown', { path: 'host.cpu', message, hint: '--allow-outside permits it' });
  }
  return loadProfile(cpu, owner.folder);
}
