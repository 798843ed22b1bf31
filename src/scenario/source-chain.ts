import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { type Problem, UserError } from '../user-error.ts';
import { type JsonObject, type JsonSource, parseJson } from './json-source.ts';
import { isObject } from './merge.ts';
import { readTextFile, readTextStream } from './read-text.ts';
import { findShipped, isBareName, SHIPPED_FOLDER, type ShippedFile, shippedScenarios } from './shipped.ts';
import { didYouMean } from './suggest.ts';

/** One file of a scenario: the named one, or one that it extends. */
export interface SourceFile {
  /** As the user would name it. */
  readonly name: string;
  /** Folder that relative paths in it are seen from. */
  readonly folder: string;
  readonly source: JsonSource;
  readonly members: JsonObject;
}

export interface ChainOptions {
  /** `extends` and profile paths may lead out of the scenario's folder. */
  readonly allowOutside?: boolean;
  /** Where "-" is read from. */
  readonly stdin?: Readable;
}

const MAX_CHAIN = 32;

/**
 * The named scenario and all that it extends, the named one first. Throws UserErrors that name file and
 * place.
 */
export async function readSourceChain(scenario: string, options: ChainOptions): Promise<SourceFile[]> {
  const top = scenario === '-' ? await readStandardInput(options.stdin) : readSource(findScenario(scenario));
  const chain = [top];
  for (let current = top; current.members.extends !== undefined; ) {
    const problem = (message: string, hint?: string) => extendsProblem(current, message, hint);
    const target = current.members.extends;
    if (typeof target !== 'string' || target === '')
      throw problem(
        `is ${JSON.stringify(target)}`,
        'allowed: path of a scenario file, or name of a shipped one',
      );
    const name = extendedFile(current, target);
    if (!options.allowOutside && !isReachable(name, top.folder)) {
      throw problem(`"${target}" lies outside the folder of the scenario`, '--allow-outside permits it');
    }
    const seen = chain.map((file) => file.name);
    const start = seen.findIndex((file) => sameFile(file, name));
    if (start >= 0) throw problem(`is a cycle: ${[...seen.slice(start), name].join(' extends ')}`);
    if (chain.length >= MAX_CHAIN)
      throw problem(`is the ${MAX_CHAIN}th file of a chain`, `at most ${MAX_CHAIN} files`);
    current = readExtended(name, problem);
    chain.push(current);
  }
  return chain;
}

/** Whether a file lies in the folder or below it, or ships with kvmtimer; symbolic links are followed. */
export function isReachable(file: string, folder: string): boolean {
  return [folder, SHIPPED_FOLDER].some((root) => {
    const way = relative(realPath(root), realPath(file));
    return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
  });
}

/** A file of that name, or else the scenario of that name that ships. */
function findScenario(scenario: string): string {
  if (!isBareName(scenario)) return scenario;
  const shipped = shippedScenarios();
  try {
    realpathSync(scenario);
    return scenario;
  } catch {
    const file = findShipped(shipped, scenario);
    if (file === undefined && !scenario.endsWith('.json')) throw unknownScenario(scenario, shipped);
    return file === undefined ? scenario : shownPath(file);
  }
}

function unknownScenario(scenario: string, shipped: readonly ShippedFile[]): UserError {
  const hint =
    didYouMean(
      scenario,
      shipped.map(({ name }) => name),
    ) ?? '`kvmtimer list scenarios` shows those that ship';
  return new UserError('file-missing', {
    file: scenario,
    message: 'neither a file nor the name of a shipped scenario',
    hint,
  });
}

function extendedFile({ name }: SourceFile, target: string): string {
  const shipped =
    isBareName(target) && !target.endsWith('.json') ? findShipped(shippedScenarios(), target) : undefined;
  if (shipped !== undefined) return shownPath(shipped);
  return isAbsolute(target) ? target : join(name === '-' ? '' : dirname(name), target);
}

function readSource(name: string): SourceFile {
  return sourceFile(name, dirname(resolve(name)), readTextFile(name));
}

async function readStandardInput(stdin: Readable | undefined): Promise<SourceFile> {
  if (stdin === undefined)
    throw new UserError('file-unreadable', { file: '-', message: 'there is no standard input here' });
  return sourceFile('-', process.cwd(), await readTextStream(stdin));
}

function readExtended(name: string, problem: (message: string, hint?: string) => UserError): SourceFile {
  try {
    return readSource(name);
  } catch (error) {
    if (!(error instanceof UserError) || !error.code.startsWith('file-')) throw error;
    const { message, hint } = error.problems[0];
    throw problem(`${name} ${message === 'no such file' ? 'does not exist' : message}`, hint);
  }
}

function sourceFile(name: string, folder: string, text: string): SourceFile {
  const source = parseJson(text, name);
  if (isObject(source.value)) return { name, folder, source, members: source.value };
  throw new UserError('scenario-invalid', {
    file: name,
    ...source.locate([]),
    message: 'is not an object',
    hint: 'a scenario is a JSON object',
  });
}

function extendsProblem({ name, source }: SourceFile, message: string, hint?: string): UserError {
  const problem: Problem = { file: name, ...source.locate(['extends']), path: 'extends', message, hint };
  return new UserError('extends-invalid', problem);
}

const sameFile = (a: string, b: string) => a !== '-' && realPath(a) === realPath(b);

function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return resolve(file);
  }
}

/** Relative to the working folder where that is shorter to read. */
function shownPath(file: string): string {
  const way = relative(process.cwd(), file);
  return way.startsWith('..') ? file : way;
}
