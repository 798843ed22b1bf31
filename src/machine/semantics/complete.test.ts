import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const CASES = 56;

test(`each of the ${CASES} cases is a test`, () => {
  const folder = new URL('.', import.meta.url);
  const files = readdirSync(folder).filter((file) => file.endsWith('.test.ts'));
  const text = files.map((file) => readFileSync(new URL(file, folder), 'utf8')).join('\n');
  const numbers = [...text.matchAll(/['"`]case ((?:\d+(?:, )?)+):?/g)].flatMap(([, list]) =>
    list.split(', '),
  );
  const missing = Array.from({ length: CASES }, (_, index) => String(index + 1)).filter(
    (number) => !numbers.includes(number),
  );
  expect(missing).toEqual([]);
});
