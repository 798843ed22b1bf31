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
  const sides = new Map<string, { names: readonly string[]; runs: Run[] }>();
  inputs.forEach((input, index) => {
    const { label, files } = splitInput(input);
    const key = label === null ? `input ${index}` : `label ${label}`;
    const side = sides.get(key) ?? { names: label === null ? folderNames(input) : [label], runs: [] };
    side.runs.push(...files.flatMap((file) => readRuns(file, options)));
    sides.set(key, side);
  });
  const labels = shortLabels([...sides.values()].map((side) => side.names));
  return [...sides.values()].map(({ runs }, index) => ({ label: labels[index]!, runs }));
}

/** "label=path": a label has no slash, and the whole is not itself the name of a file. */
export function splitInput(input: string): { label: string | null; files: string[] } {
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
  return { label: labelled ? match[1]! : null, files };
}

/** The folders of a path and its file without extension. */
function folderNames(path: string): string[] {
  return path
    .replace(/(?<=[^/])\.[^./]*$/, '')
    .split('/')
    .filter((part) => part !== '');
}

/** The last of each side's names, and as many before it as tell the sides apart; the same input again is numbered. */
function shortLabels(sides: readonly (readonly string[])[]): string[] {
  const longest = Math.max(...sides.map((names) => names.length));
  for (let length = 1; length < longest; length++) {
    const labels = sides.map((names) => names.slice(-length).join('/'));
    if (new Set(labels).size === sides.length) return labels;
  }
  const labels = sides.map((names) => names.join('/'));
  return labels.map((label, index) => {
    const before = labels.slice(0, index).filter((other) => other === label).length;
    return before === 0 ? label : `${label} (${before + 1})`;
  });
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
