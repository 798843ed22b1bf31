import { basename } from 'node:path';
import {
  type Json,
  RESULT_DOCUMENT,
  RESULT_SCHEMA_VERSION,
  type ResultDocument,
} from '../measurement/result-document.ts';
import { VERSION } from '../version.ts';
import { formatNamed, formatOf } from './choose.ts';
import type { Format, ReadOptions, ReadRun } from './format.ts';
import { readInput } from './reading/input.ts';
import { unusable } from './reading/problem.ts';

export interface ReadFileOptions extends Pick<ReadOptions, 'unit' | 'tscKhz'> {
  /** Name of the format; chosen by content without it. */
  readonly from?: string;
  /** Name of the resulting documents instead of the file's. */
  readonly label?: string;
}

/**
 * Every run in a file, simulated or really measured, in order; "-" is standard input. Throws a UserError that
 * names file and line: unreadable, empty, binary, too large, of no known format, broken, or of an unstated
 * unit.
 */
export function readResultFile(path: string, options: ReadFileOptions = {}): ResultDocument[] {
  return readResultText(readInput(path), path, options);
}

/** As `readResultFile`, of text that was read already; `file` is its name in errors. */
export function readResultText(text: string, file: string, options: ReadFileOptions = {}): ResultDocument[] {
  const { from, label, unit, tscKhz } = options;
  const format = from === undefined ? formatOf(text, file) : formatNamed(from);
  const runs = format.read(text, { file, unit, tscKhz });
  return runs.map((run, index) => {
    refuseAmbiguousNames(run, file);
    return toDocument(run, format, nameOf(label, file, runs, index));
  });
}

/** Threads are told apart by their names. */
function refuseAmbiguousNames({ measurements }: ReadRun, file: string): void {
  const names = new Set<string>();
  for (const { name } of measurements) {
    if (name === '') throw unusable('input-invalid', file, 'has a thread without a name');
    if (names.has(name)) throw unusable('input-invalid', file, `has two threads called "${name}"`);
    names.add(name);
  }
}

function toDocument(run: ReadRun, format: Format, name: string | undefined): ResultDocument {
  return {
    document: RESULT_DOCUMENT,
    schema_version: RESULT_SCHEMA_VERSION,
    kvmtimer_version: VERSION,
    origin: 'measured',
    partial: false,
    scenario: null,
    scenario_hash: null,
    seed: null,
    warnings: [],
    ...run,
    name: name ?? run.name ?? 'unnamed',
    facts: run.document === undefined ? { format: format.name, ...run.facts } : (run.facts ?? null),
  };
}

/** The label, else what the run calls itself, else the file; numbered where a file holds several. */
function nameOf(
  label: string | undefined,
  file: string,
  runs: readonly ReadRun[],
  index: number,
): string | undefined {
  const { name, facts } = runs[index];
  if (label === undefined && name !== undefined) return name;
  const base = label ?? (file === '-' ? 'stdin' : basename(file));
  if (runs.length === 1) return base;
  const source = (facts as { readonly [key: string]: Json } | undefined)?.source;
  return source === undefined ? `${base} #${index + 1}` : `${base} #${index + 1} (${source})`;
}
