import { readdirSync, readFileSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** From top to bottom: a room may import from its own and from those below it. */
const FLOORS = [
  'cli',
  'index.ts',
  'sweep',
  'calibration',
  'compare',
  'report',
  'run',
  'record',
  'formats',
  'scenario',
  'compiler',
  'machine',
  'measurement',
  'simulation',
  'io',
] as const;
/** Below every room. */
const FOUNDATION = ['user-error.ts', 'time.ts', 'version.ts'];
/** Rooms that know no world outside: no files, no clock, no other randomness than the scenario's seed. */
const PURE = ['machine', 'measurement', 'simulation'];
const IMPURE =
  /Math\.random|\bDate\b|\bperformance\b|\bprocess\.|\bconsole\.|\bfetch\(|from 'node:(?!assert)|\bset(Timeout|Interval)\b/;

const ROOT = fileURLToPath(new URL('.', import.meta.url));
const SOURCES = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !/^(testing|bench)\//.test(name))
  .map((name) => ({ name, text: readFileSync(ROOT + name, 'utf8') }));

function floorOf(name: string): number {
  const room = name.split('/')[0];
  if (FOUNDATION.includes(room)) return FLOORS.length;
  return FLOORS.indexOf(room as (typeof FLOORS)[number]);
}

function importsOf({ name, text }: { name: string; text: string }): string[] {
  const specifiers = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']+)'/g);
  return [...specifiers].map(([, path]) => posix.join(dirname(name), path));
}

const lineCount = (text: string) => text.split('\n').length - 1;

describe('architecture', () => {
  it('looks at the whole source', () => {
    expect(SOURCES.length).toBeGreaterThan(50);
    expect(SOURCES.flatMap(importsOf).length).toBeGreaterThan(SOURCES.length);
  });

  it('gives every file a place on a floor', () => {
    expect(SOURCES.filter(({ name }) => floorOf(name) < 0).map(({ name }) => name)).toEqual([]);
  });

  it('imports only downwards', () => {
    const upwards = SOURCES.flatMap((source) =>
      importsOf(source)
        .filter((target) => floorOf(target) < floorOf(source.name))
        .map((target) => `${source.name} imports ${target}`),
    );
    expect(upwards).toEqual([]);
  });

  it('keeps the machine and what is below it pure', () => {
    const impure = SOURCES.filter(({ name }) => PURE.includes(name.split('/')[0])).flatMap(({ name, text }) =>
      text
        .split('\n')
        .filter((line) => !/^\s*(\*|\/\/|\/\*)/.test(line) && IMPURE.test(line))
        .map((line) => `${name}: ${line.trim()}`),
    );
    expect(impure).toEqual([]);
  });

  it('has no file over 300 lines and no line over 120 characters', () => {
    const long = SOURCES.filter(({ text }) => lineCount(text) > 300).map(({ name }) => name);
    const wide = SOURCES.flatMap(({ name, text }) =>
      text.split('\n').flatMap((line, index) => (line.length > 120 ? [`${name}:${index + 1}`] : [])),
    );
    expect({ long, wide }).toEqual({ long: [], wide: [] });
  });
});
