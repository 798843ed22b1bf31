import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { scenarioJsonSchemaText } from './json-schema.ts';
import { loadScenario } from './load.ts';
import { valueAt } from './merge.ts';
import { loadProfile } from './profile.ts';
import { SHIPPED_FOLDER, shippedProfiles, shippedScenarios } from './shipped.ts';

test('the committed JSON Schema is the one that the code makes', () => {
  const committed = readFileSync(join(SHIPPED_FOLDER, 'scenario.schema.json'), 'utf8');
  expect(committed).toBe(scenarioJsonSchemaText());
});

describe('shipped scenarios', () => {
  test.each(shippedScenarios())(
    '$name is valid, named after its file, and says what it shows',
    async ({ name, file }) => {
      const { scenario, warnings } = await loadScenario(file);
      expect(scenario.name).toBe(name);
      expect(scenario.description.length).toBeGreaterThan(20);
      expect(warnings).toEqual([]);
    },
  );

  test('no name is shared', () => {
    const names = shippedScenarios().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  test('the published pair differs in exactly one field besides its texts', async () => {
    const [on, off] = await Promise.all(
      ['on', 'off'].map((value) => loadScenario(`jiang-2016-v4-hv-timer-${value}`)),
    );
    const paths = [...new Set([...on.origins.keys(), ...off.origins.keys()])];
    const different = paths.filter((path) => {
      const [a, b] = [on, off].map(({ scenario }) => JSON.stringify(valueAt(scenario, path.split('.'))));
      return a !== b;
    });
    expect(different).toEqual(['name', 'description', 'host.kvm.enable_hv_timer']);
  });
});

describe('shipped profiles', () => {
  test.each(shippedProfiles())('$name is valid and named after its file', ({ name, file }) => {
    expect(loadProfile(name).name).toBe(basename(file, '.json'));
  });
});
