import { expect, test } from 'vitest';
import { canonicalJson, scenarioHash } from './hash.ts';
import { resolveScenario } from './resolve.ts';

function hashOf(raw: object): string {
  const { scenario, profile } = resolveScenario({ name: 'a', ...raw });
  return scenarioHash(scenario, profile);
}

test('names and texts do not count, everything else does', () => {
  const plain = hashOf({});
  expect(plain).toMatch(/^[0-9a-f]{64}$/);
  expect(hashOf({ name: 'b', description: 'c', source: 'd', $schema: 'e' })).toBe(plain);
  for (const change of [
    { seed: 'x' },
    { workload: { loops: 1 } },
    { host: { cpu: 'epyc-7742' } },
    { vcpus: [{}, {}] },
  ]) {
    expect(hashOf(change)).not.toBe(plain);
  }
});

test('a default written out is the same scenario', () => {
  expect(hashOf({ host: { kvm: { halt_poll_ns: 400_000 } } })).toBe(hashOf({}));
});

test('better evidence for a cost is the same profile, another cost is not', () => {
  const { scenario, profile } = resolveScenario({ name: 'a' });
  const { vm_exit } = profile.costs;
  const withExit = (value: object) => ({
    ...profile,
    costs: { ...profile.costs, vm_exit: { ...vm_exit, ...value } },
  });
  expect(scenarioHash(scenario, withExit({ kind: 'measured', source: 'here' }))).toBe(
    scenarioHash(scenario, profile),
  );
  expect(scenarioHash(scenario, withExit({ value: vm_exit.value + 1 }))).not.toBe(
    scenarioHash(scenario, profile),
  );
});

test('canonical JSON sorts keys and drops undefined', () => {
  expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: undefined })).toBe('{"b":[1,{"c":"x","d":null}]}');
});
