import { type Line, linesOf } from './lines.ts';
import { invalid, type Place } from './problem.ts';

export type JsonObject = { readonly [key: string]: unknown };

/** A JSON object of an input, and the line where it begins. */
export interface JsonBlock {
  readonly value: JsonObject;
  readonly line: number;
  /** Who printed it, where a log mixes several sources; else empty. */
  readonly label: string;
}

const MAX_BLOCK_CHARACTERS = 32 * 1024 * 1024;
const MAX_DEPTH = 64;

/**
 * The JSON objects of a text: it is one object, a list of them, or the capture of a terminal in which objects
 * stand between other lines, each from a line that begins with `{` to the next that begins with `}`. What
 * does not parse is tried once more as `repair` leaves it. Throws a UserError with the line where the JSON
 * goes wrong.
 */
export function jsonBlocks(text: string, file: string, repair = (json: string) => json): JsonBlock[] {
  const values = text.length <= MAX_BLOCK_CHARACTERS ? tryParse(text) : undefined;
  if (Array.isArray(values))
    return values.map((value) => ({ value: objectOf(value, { file, line: 1 }), line: 1, label: '' }));
  if (values !== undefined) return [{ value: objectOf(values, { file, line: 1 }), line: 1, label: '' }];
  return capturedBlocks(text, file).map(({ json, line, label }) => ({
    value: objectOf(parseRepaired(json, { file, line }, repair), { file, line }),
    line,
    label,
  }));
}

/** A value that must be an object. */
export function objectOf(value: unknown, place: Place, path = 'the JSON'): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw invalid(
    place,
    `${path} is ${value === undefined ? 'missing' : 'not an object'}`,
    'an object is expected',
  );
}

interface OpenBlock {
  readonly line: number;
  readonly lines: string[];
  characters: number;
}

function capturedBlocks(text: string, file: string): { json: string; line: number; label: string }[] {
  const blocks: { json: string; line: number; label: string }[] = [];
  const open = new Map<string, OpenBlock>();
  for (const line of linesOf(text, file)) {
    const block = open.get(line.label) ?? beginning(line);
    if (block === undefined) continue;
    open.set(line.label, block);
    block.lines.push(line.text);
    block.characters += line.text.length + 1;
    if (block.characters > MAX_BLOCK_CHARACTERS)
      throw invalid({ file, line: block.line }, 'JSON of more than 32 MB');
    if (!endsBlock(line.text)) continue;
    open.delete(line.label);
    blocks.push({ json: block.lines.join('\n'), line: block.line, label: line.label });
  }
  const [unfinished] = open.values();
  if (unfinished !== undefined) {
    throw invalid(
      { file, line: unfinished.line },
      'the JSON that begins here has no end',
      'was the file cut off?',
    );
  }
  return blocks;
}

function beginning(line: Line): OpenBlock | undefined {
  return line.text.startsWith('{') ? { line: line.number, lines: [], characters: 0 } : undefined;
}

function endsBlock(line: string): boolean {
  return (
    line.startsWith('}') ||
    (line.startsWith('{') && line.trimEnd().endsWith('}') && tryParse(line) !== undefined)
  );
}

function parseRepaired(json: string, place: Place, repair: (json: string) => string): unknown {
  return tryParse(json) ?? parsedJson(repair(json), place);
}

/**
 * The value of `json`, which begins at `place`. Throws a UserError with the line where it goes wrong, or when it is
 * larger than 32 MB.
 */
export function parsedJson(json: string, place: Place): unknown {
  if (json.length > MAX_BLOCK_CHARACTERS) throw invalid(place, 'JSON of more than 32 MB');
  try {
    return JSON.parse(json);
  } catch (error) {
    const { message } = error as Error;
    const position = /at position (\d+)/.exec(message);
    const before = position === null ? json.trimEnd() : json.slice(0, Number(position[1]));
    const line = place.line + before.split('\n').length - 1;
    throw invalid({ ...place, line }, `is not valid JSON: ${message.replace(/ in JSON at position.*/s, '')}`);
  }
}

/** Throws a UserError where brackets nest deeper than any document: what walks them later is recursive. */
export function assertShallow(json: string, place: Place): void {
  let depth = 0;
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (token === '{' || token === '[') depth++;
    else if (token === '}' || token === ']') depth--;
    if (depth > MAX_DEPTH) throw invalid(place, `JSON nested deeper than ${MAX_DEPTH} levels`);
  }
}

function tryParse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
