import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { GUEST_FEATURE_TABLE } from '../machine/guest/features.ts';
import { KERNEL_FEATURE_TABLE } from '../machine/kvm/features.ts';
import { scenarioFields } from './schema.ts';
import { shippedScenarios } from './shipped.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const text = readFileSync(`${ROOT}docs/model.md`, 'utf8');
const words = new Set(text.match(/[\w.-]+/g));

/** Names and texts of a scenario. */
const NO_MECHANISM = ['$schema', 'name', 'description', 'source', 'seed'];

/** The paths of the fields that hold a value and no further fields. */
function leaves(path: string[]): string[] {
  const keys = scenarioFields.catalogue().keysAt(path);
  const elements = scenarioFields.catalogue().keysAt([...path, '0']);
  if (elements.length > 0) return leaves([...path, '0']);
  if (keys.length === 0) return [path.join('.')];
  return keys.filter((key) => !NO_MECHANISM.includes(key)).flatMap((key) => leaves([...path, key]));
}

describe('docs/model.md', () => {
  test('tells where each field of a scenario acts', () => {
    const fields = leaves([]);
    expect(fields.length).toBeGreaterThan(70);
    const untold = fields.filter((field) => {
      const name = field.split('.').at(-1)!;
      return ![...words].some((word) => word === name || word.endsWith(`.${name}`));
    });
    expect(untold).toEqual([]);
  });

  test('shows each mechanism by scenarios that ship, all of them', () => {
    const mechanisms = shippedScenarios().filter(({ file }) => file.includes('/mechanisms/'));
    expect(mechanisms.filter(({ name }) => !words.has(name)).map(({ name }) => name)).toEqual([]);
  });

  test('names files that exist', () => {
    const files = [...text.matchAll(/`([\w-]+\/[\w./-]+\.ts)`/g)].map(([, file]) => file);
    expect(files.length).toBeGreaterThan(30);
    expect(files.filter((file) => !existsSync(`${ROOT}src/machine/${file}`))).toEqual([]);
  });

  test('owns up to the rows of the presets that no code asks for', () => {
    const sources = readdirSync(`${ROOT}src`, { recursive: true, encoding: 'utf8' }).filter(
      (name) => name.endsWith('.ts') && !/\.test\.ts$|features(\.ts|[\\/])/.test(name),
    );
    const code = new Set(
      sources.flatMap((name) => readFileSync(`${ROOT}src/${name}`, 'utf8').match(/\w+/g) ?? []),
    );
    const rows = Object.keys({ ...KERNEL_FEATURE_TABLE, ...GUEST_FEATURE_TABLE });
    const [, limits] = text.split('**Rows without effect.**');
    expect(limits.match(/(?<=`)[a-z]\w+(?=`)/g)!.sort()).toEqual(rows.filter((row) => !code.has(row)).sort());
  });
});
