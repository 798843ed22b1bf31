import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UserError } from '../user-error.ts';
import { parseJson } from './json-source.ts';

function accepts(parse: () => unknown, expected: new (...args: never[]) => Error): boolean {
  try {
    parse();
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(expected);
    return false;
  }
}

test('reads every JSON document as JSON.parse does', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), (text) => {
      expect(JSON.stringify(parseJson(text, 'x').value)).toBe(JSON.stringify(JSON.parse(text)));
    }),
  );
});

test('accepts no more than JSON.parse does, and fails only with UserErrors', () => {
  const fragment = fc.constantFrom(
    ...'{}[]:,"\\\n\t /*-+.0179eE',
    '"a"',
    '"b":',
    'true',
    'null',
    'nul',
    '//',
    '\u00a0',
    '\\u12',
  );
  const text = fc.array(fragment, { maxLength: 12 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, (candidate) => {
      const strict = accepts(() => JSON.parse(candidate), SyntaxError);
      const ours = accepts(() => parseJson(candidate, 'x'), UserError);
      if (ours) expect(strict).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

test('a key named __proto__ is a key like any other', () => {
  const { value } = parseJson('{"__proto__": {"polluted": 1}}', 'x');
  expect(Object.keys(value as object)).toEqual(['__proto__']);
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});

test('locates values, keys, and what encloses them', () => {
  const source = parseJson('{\n  "a": {\n    "b": [1, {"c": true}]\n  }\n}', 'x');
  expect(source.locate(['a', 'b', 1, 'c'])).toEqual({ line: 3, column: 20 });
  expect(source.locate(['a', 'b', 1, 'c'], 'key')).toEqual({ line: 3, column: 15 });
  expect(source.locate(['a', 'b', 7, 'c'])).toEqual({ line: 3, column: 10 });
  expect(source.locate(['nothing'])).toEqual({ line: 1, column: 1 });
});
