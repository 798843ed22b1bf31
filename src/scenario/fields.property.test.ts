import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { arbitraryScenario } from '../testing/arbitrary-scenario.ts';
import { parseJson } from './json-source.ts';
import { loadScenario } from './load.ts';
import { profileFields } from './profile-schema.ts';
import { readTextFile } from './read-text.ts';
import { scenarioFields } from './schema.ts';
import { shippedProfiles, shippedScenarios } from './shipped.ts';

const json = ({ file }: { file: string }) => parseJson(readTextFile(file), file).value;
/** What stands in the place of a right value: wrong by kind, by bounds, or just missing. */
const ODD = [
  undefined,
  null,
  true,
  '',
  'x',
  'fifo',
  '4.8',
  -1,
  0,
  0.5,
  1,
  1e6,
  2 ** 60,
  Number.NaN,
  [],
  [1, 2],
  {},
];
const odd = fc.oneof(fc.constantFrom<unknown>(...ODD), fc.constant('\u001b[31m'), fc.constant([5, 1]));

/** A document in which some members are replaced or added, anywhere. */
function spoilt(documents: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const change = fc.tuple(fc.nat(), fc.constantFrom('', 'unknown', '__proto__', 'tool'), odd);
  return fc.tuple(documents, fc.array(change, { maxLength: 3 })).map(([document, changes]) => {
    const root = { document: structuredClone(document) };
    for (const [choice, added, value] of changes) {
      const places = [...placesIn(root)];
      const [container, key] = places[choice % places.length];
      const inside: unknown = Reflect.get(container, key);
      const [target, name] =
        added !== '' && typeof inside === 'object' && inside !== null ? [inside, added] : [container, key];
      Object.defineProperty(target, name, {
        ...{ value: structuredClone(value), enumerable: true },
        configurable: true,
        writable: true,
      });
    }
    return root.document;
  });
}

function* placesIn(container: object): Generator<[object, string]> {
  for (const [key, value] of Object.entries(container)) {
    yield [container, key];
    if (typeof value === 'object' && value !== null) yield* placesIn(value);
  }
}

describe.each([
  ['scenario', scenarioFields, fc.oneof(arbitraryScenario, fc.constantFrom(...shippedScenarios().map(json)))],
  ['profile', profileFields, fc.constantFrom(...shippedProfiles().map(json))],
] as const)('the fields of a %s', (_, fields, documents) => {
  const schema: z.ZodType = fields.inZod(z);

  test('are what zod knows of them', () => {
    const { $schema: _dialect, ...known } = z.toJSONSchema(schema, { io: 'input' });
    expect(fields.json).toEqual(known);
  });

  test('are read as zod reads them, or left to zod', () => {
    fc.assert(
      fc.property(spoilt(documents), (document) => {
        const [ours, zods] = [fields.safeParse(document), schema.safeParse(document)];
        expect(ours.success).toBe(zods.success);
        expect(ours.error?.issues).toEqual(zods.error?.issues);
        expect(ours.data).toStrictEqual(zods.data);
        // Hashes and outputs keep the order of the fields.
        expect(JSON.stringify(ours.data)).toBe(JSON.stringify(zods.data));
      }),
      { numRuns: 2000 },
    );
  });
});

test.each(shippedScenarios())('$name needs no zod', async ({ file }) => {
  const { raw } = await loadScenario(file);
  expect(() => scenarioFields.read(raw)).not.toThrow();
});

test.each(shippedProfiles())('$name needs no zod', (profile) => {
  expect(() => profileFields.read(json(profile))).not.toThrow();
});
