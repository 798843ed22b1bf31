import { existsSync, readFileSync } from 'node:fs';
import { type ReadFileOptions, readResultFile } from '../formats/read-file.ts';
import { ExitCode, UserError } from '../user-error.ts';
import { expandGlob, isGlob } from './glob.ts';
import type { Run, Side } from './side.ts';

/**
 * Reads the sides of a comparison from arguments `path`, `label=path` or patterns of either; the same label given
 * twice, a pattern and a file of several runs make repetitions of one side. The first side is the baseline.
 */
export function readSides(inputs: readonly string[], options: ReadFileOptions = {}): Side[] {
  const files = inputs.flatMap(splitInput);
  const sides = new Map<string, Run[]>();
  for (const { label, file } of files) {
    const runs = readRuns(file, options);
    sides.set(label, [...(sides.get(label) ?? []), ...runs]);
  }
  return withShortLabels([...sides].map(([label, runs]) => ({ label, runs })));
}

/** "label=path": a label has no slash, and the whole is not itself the name of a file. */
export function splitInput(input: string): { label: string; file: string }[] {
  const match = /^([^/=]+)=(.+)$/s.exec(input);
  const labelled = match !== null && !existsSync(input);
  const path = labelled ? match[2]! : input;
  const files = isGlob(path) && !existsSync(path) ? expandGlob(path) : [path];
  if (files.length === 0) {
    throw new UserError(
      'nothing-found',
      { path: input, message: 'no file has such a name' },
      ExitCode.notComparable,
    );
  }
  return files.map((file) => ({ label: labelled ? match[1]! : input, file }));
}

/** Unlabelled sides are called by their file without extension, and by as many folders as tell them apart. */
function withShortLabels(sides: readonly Side[]): Side[] {
  const names = sides.map(({ label }) => label.replace(/(?<=[^/])\.[^./]*$/, '').split('/'));
  for (let length = 1; length <= Math.max(...names.map((parts) => parts.length)); length++) {
    const short = names.map((parts) => parts.slice(-length).join('/'));
    if (new Set(short).size === sides.length && !short.includes('')) {
      return sides.map((side, index) => ({ ...side, label: short[index]! }));
    }
  }
  return [...sides];
}

function readRuns(file: string, options: ReadFileOptions): Run[] {
  if (isScenario(file)) {
    throw new UserError('not-a-result', {
      file,
      message: 'is a scenario, not a result',
      hint: `run it first: kvmtimer run ${file} --output result.json`,
    });
  }
  return readResultFile(file, options).map((document) => ({ file, document }));
}

/** A scenario has a name and no measurements; other files are left to their readers. */
function isScenario(file: string): boolean {
  if (!file.endsWith('.json')) return false;
  try {
    const value = JSON.parse(readFileSync(file, 'utf8'));
    const declares = ['workload', 'host', 'guest', 'vcpus'].some((key) => key in value);
    return declares && typeof value.name === 'string' && !('document' in value) && !('measurements' in value);
  } catch {
    return false;
  }
}
