import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { type JsonSource, parseJson } from '../../scenario/json-source.ts';
import { readTextFile, readTextStream } from '../../scenario/read-text.ts';
import { isBareName, SHIPPED_FOLDER } from '../../scenario/shipped.ts';
import { createPlan, type Plan } from '../plan/plan.ts';
import { checkPoints } from './check-points.ts';
import { defineSweep } from './define.ts';
import { parseSweep } from './parse.ts';
import { assertSize } from './size.ts';

export interface LoadSweepOptions {
  /** Overrides of the base scenario, "path=value" each. */
  readonly set?: readonly string[];
  /** Base and profiles may lie outside the folder of the sweep. */
  readonly allowOutside?: boolean;
  /** More than a million points are meant. */
  readonly allowLarge?: boolean;
  /** Where "-" is read from. */
  readonly stdin?: Readable;
}

export interface LoadedSweep {
  /** As the user named it, "-" for standard input. */
  readonly file: string;
  readonly plan: Plan;
}

/**
 * Reads a sweep: a file, "-" (standard input), or the name of one that ships. Everything that can be checked without
 * running is checked; throws a UserError with all problems and their places.
 */
export async function loadSweep(file: string, options: LoadSweepOptions = {}): Promise<LoadedSweep> {
  const path = findSweep(file);
  const source = await readSource(path, options.stdin);
  const sweep = parseSweep(source);
  assertSize(sweep, source, options.allowLarge ?? false);
  const definition = await defineSweep(sweep, source, path === '-' ? '.' : dirname(path), options);
  const plan = createPlan(definition);
  checkPoints(plan, source);
  return { file: path, plan };
}

async function readSource(path: string, stdin: Readable | undefined): Promise<JsonSource> {
  return parseJson(path === '-' && stdin ? await readTextStream(stdin) : readTextFile(path), path);
}

/** A file of that name, or else the sweep of that name that ships. */
function findSweep(file: string): string {
  if (!isBareName(file) || existsSync(file)) return file;
  const shipped = join(SHIPPED_FOLDER, 'sweeps', `${basename(file, '.json')}.json`);
  return existsSync(shipped) ? shipped : file;
}
