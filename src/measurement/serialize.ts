import { UserError } from '../user-error.ts';
import type { Json, ResultDocument, ThreadResult } from './result-document.ts';
import { resultShape } from './result-shape.ts';

/** A result document as text: the same document gives the same bytes, whatever order its keys were set in. */
export function serializeResult(document: ResultDocument): string {
  return `${layOut(ordered(document), '')}\n`;
}

/** One document as `serializeResult` writes it, several as a list. */
export function serializeResults(documents: readonly ResultDocument[]): string {
  return documents.length === 1 ? serializeResult(documents[0]) : `${layOut(documents.map(ordered), '')}\n`;
}

/**
 * Reads a result document back. Throws one UserError ("result-invalid") with everything that is wrong in it:
 * not JSON, a shape that is not a result's, sums that do not agree. `file` is the name shown in the errors.
 */
export function parseResult(text: string, file: string): ResultDocument {
  return checked(parseJson(text, file), file);
}

/** Reads back what `serializeResults` wrote. Throws as `parseResult` does. */
export function parseResults(text: string, file: string): ResultDocument[] {
  const value = parseJson(text, file);
  return Array.isArray(value) ? value.map((item) => checked(item, file)) : [checked(value, file)];
}

function checked(value: unknown, file: string): ResultDocument {
  const problems = resultShape(value);
  if (problems.length === 0) return value as ResultDocument;
  throw new UserError(
    'result-invalid',
    problems.map((problem) => ({ file, ...problem })),
  );
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = `is not JSON: ${(error as Error).message}`;
    throw new UserError('result-invalid', {
      file,
      message,
      hint: 'a file that `kvmtimer run --output` wrote',
    });
  }
}

const DOCUMENT_KEYS = [
  'document',
  'schema_version',
  'kvmtimer_version',
  'name',
  'origin',
  'partial',
  'scenario',
  'scenario_hash',
  'seed',
  'warnings',
  'facts',
  'measurements',
] as const satisfies readonly (keyof ResultDocument)[];

const THREAD_KEYS = [
  'name',
  'samples',
  'minNs',
  'meanNs',
  'maxNs',
  'cycles',
  'ledger',
  'worst',
  'binWidthNs',
  'censored',
  'overflow_cycles',
  'bins',
] as const satisfies readonly (keyof ThreadResult)[];

function ordered(document: ResultDocument): Json {
  const measurements = document.measurements.map((thread) => pick(thread, THREAD_KEYS));
  return { ...pick(document, DOCUMENT_KEYS), measurements } as unknown as Json;
}

function pick<T extends object>(value: T, keys: readonly (keyof T)[]): Partial<T> {
  return Object.fromEntries(keys.map((key) => [key, value[key]])) as Partial<T>;
}

const LINE_WIDTH = 110;

/** JSON with one entry a line, except that what fits into a line stays on it: bins are pairs, not four lines each. */
function layOut(value: Json, indent: string): string {
  const flat = JSON.stringify(value);
  if (value === null || typeof value !== 'object' || flat.length + indent.length <= LINE_WIDTH) return flat;
  const inner = `${indent}  `;
  const entries = Array.isArray(value)
    ? value.map((item) => layOut(item, inner))
    : Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${layOut(item, inner)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${entries.map((entry) => inner + entry).join(',\n')}\n${indent}${close}`;
}
