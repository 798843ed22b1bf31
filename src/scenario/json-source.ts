import { createRequire } from 'node:module';
import type * as Jsonc from 'jsonc-parser';
import type { Node, ParseError } from 'jsonc-parser';
import { type Problem, UserError } from '../user-error.ts';

export interface Position {
  /** Both 1-based. */
  readonly line: number;
  readonly column: number;
}

export type JsonPath = readonly (string | number)[];
export type JsonObject = { [key: string]: unknown };

/** A JSON file that knows where each of its values stands. */
export interface JsonSource {
  readonly file: string;
  readonly value: unknown;
  /** Position of the value at `path`, or of its key; of the nearest enclosing value when there is none. */
  locate(path: JsonPath, part?: 'key' | 'value'): Position;
}

const MAX_DEPTH = 64;
const MAX_SYNTAX_PROBLEMS = 10;
const INVALID_SYMBOL = 1;

/**
 * Parses strict JSON: comments, trailing commas and duplicate keys are errors with their positions, all
 * told at once in a UserError ("json-invalid").
 */
export function parseJson(text: string, file: string): JsonSource {
  const content = text.startsWith('\ufeff') ? text.slice(1) : text;
  const positionAt = positionsIn(content);
  const problem: ProblemAt = (offset, message, hint) => ({
    file,
    ...positionAt(offset),
    message,
    hint,
  });
  if (content.trim() === '')
    throw new UserError('json-invalid', problem(0, 'is empty', 'a JSON object is expected'));
  let value = plainValue(content);
  if (value === undefined) {
    refuse(content, problem, positionAt);
    value = JSON.parse(content);
  }
  let root: Node | undefined;
  return {
    file,
    value,
    locate: (path, part = 'value') => {
      root ??= jsonc().parseTree(content)!;
      return positionAt(nearestNode(root, path, part).offset);
    },
  };
}

/** The parser that knows places: loaded when somebody asks for one. */
function jsonc(): typeof Jsonc {
  return createRequire(import.meta.url)('jsonc-parser');
}

type ProblemAt = (offset: number, message: string, hint?: string) => Problem;

/** Throws what is wrong: brackets that nest too deeply, or else the syntax, or else keys that appear twice. */
function refuse(content: string, problem: ProblemAt, positionAt: (offset: number) => Position): void {
  const tooDeep = offsetBeyondDepth(content);
  if (tooDeep !== undefined) {
    throw new UserError('json-invalid', problem(tooDeep, `is nested deeper than ${MAX_DEPTH} levels`));
  }
  const errors: ParseError[] = [];
  const root = jsonc().parseTree(content, errors, { disallowComments: true, allowTrailingComma: false });
  if (errors.length > 0 || root === undefined)
    throw new UserError('json-invalid', syntaxProblems(content, errors, problem));
  const duplicates = [...duplicateKeys(root)].map(({ first, again, key }) => {
    const { line, column } = positionAt(first);
    return problem(
      again,
      `the key "${key}" appears twice`,
      `first at line ${line}, column ${column}; keep one of them`,
    );
  });
  if (duplicates.length > 0) throw new UserError('json-invalid', duplicates);
}

/** One message for each line: what follows is mostly the parser finding its feet again. */
function syntaxProblems(content: string, errors: readonly ParseError[], problem: ProblemAt): Problem[] {
  const problems = new Map<number | undefined, Problem>();
  for (const [index, { error, offset, length }] of errors.entries()) {
    const isConsequence = error !== INVALID_SYMBOL && errors[index - 1]?.error === INVALID_SYMBOL;
    if (isConsequence) continue;
    const [message, hint] = describe(error, content.slice(offset, offset + Math.min(length, 40)));
    const found = problem(offset, `is not valid JSON: ${message}`, hint);
    if (!problems.has(found.line)) problems.set(found.line, found);
  }
  return [...problems.values()].slice(0, MAX_SYNTAX_PROBLEMS);
}

function describe(error: number, text: string): readonly [message: string, hint?: string] {
  const shown = text === '' ? 'the end of the file' : `\`${text}\``;
  if (text.startsWith("'")) return [`unexpected ${shown}`, 'strings stand in double quotes'];
  const messages: Readonly<Record<number, readonly [string, string?]>> = {
    3: [
      `a key is expected before ${shown}`,
      text === '}' ? 'no comma after the last member' : 'keys stand in double quotes',
    ],
    4: [`a value is expected before ${shown}`, text === ']' ? 'no comma after the last element' : undefined],
    5: [`":" is expected before ${shown}`],
    6: [`"," is expected before ${shown}`],
    7: [`"}" is expected before ${shown}`],
    8: [`"]" is expected before ${shown}`],
    9: [`${shown} follows the end of the value`],
    10: ['comments are not allowed', 'use "description" instead'],
    11: ['a comment is not closed', 'comments are not allowed'],
    12: ['a string is not closed', 'a closing quote is expected on the same line'],
    13: [`the number ${shown} is not complete`],
    14: [`bad \\u escape in ${shown}`, 'four hexadecimal digits are expected'],
    15: [`bad escape in ${shown}`, 'allowed: \\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX'],
    16: [`control character in ${shown}`, 'write it as \\uXXXX'],
  };
  return (
    messages[error] ?? [`unexpected ${shown}`, 'true, false, null, a number, a string, { or [ is expected']
  );
}

/** Offset of the bracket that nests too deeply: a parser that recurses must not meet it. */
function offsetBeyondDepth(content: string): number | undefined {
  let depth = 0;
  let inString = false;
  for (let offset = 0; offset < content.length; offset += 1) {
    const character = content[offset];
    if (inString) {
      if (character === '\\') offset += 1;
      else if (character === '"' || character === '\n') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    if (depth > MAX_DEPTH) return offset;
  }
  return undefined;
}

/** The value of what is JSON, not too deep and without a key that appears twice; undefined for all else. */
function plainValue(content: string): unknown {
  try {
    const value: unknown = JSON.parse(content);
    const colons = content.replace(/"[^"\\]*(?:\\.[^"\\]*)*"/g, '').split(':').length - 1;
    return membersWithin(MAX_DEPTH, value) === colons ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The number of members of all objects, each of which has its colon in the text; NaN beyond that depth. */
function membersWithin(depth: number, value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth === 0) return Number.NaN;
  const inner: unknown[] = Object.values(value);
  const own = Array.isArray(value) ? 0 : inner.length;
  return inner.reduce<number>((sum, member) => sum + membersWithin(depth - 1, member), own);
}

function* duplicateKeys(node: Node): Generator<{ key: string; first: number; again: number }> {
  const seen = new Map<string, number>();
  for (const child of node.children ?? []) {
    if (node.type === 'object') {
      const [key] = child.children!;
      const first = seen.get(key.value);
      if (first !== undefined) yield { key: key.value, first, again: key.offset };
      else seen.set(key.value, key.offset);
    }
    yield* duplicateKeys(child);
  }
}

function nearestNode(root: Node, path: JsonPath, part: 'key' | 'value'): Node {
  for (let length = path.length; length > 0; length -= 1) {
    const node = jsonc().findNodeAtLocation(root, path.slice(0, length));
    if (node === undefined) continue;
    const isExact = length === path.length;
    return isExact && part === 'key' && node.parent?.type === 'property' ? node.parent.children![0] : node;
  }
  return root;
}

function positionsIn(content: string): (offset: number) => Position {
  let starts: number[] | undefined;
  return (offset) => {
    starts ??= [0, ...Array.from(content.matchAll(/\n/g), ({ index }) => index + 1)];
    const line = starts.findLastIndex((start) => start <= offset);
    return { line: line + 1, column: offset - starts[line] + 1 };
  };
}
