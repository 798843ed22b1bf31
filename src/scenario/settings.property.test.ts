import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UserError } from '../user-error.ts';
import { loadScenario } from './load.ts';

const key = fc.constantFrom(
  'host',
  'kvm',
  'vcpus',
  '0',
  '1',
  'pcpu',
  'guest',
  'workload',
  'tool',
  '__proto__',
  'x',
  '',
);
const value = fc.oneof(
  fc.json({ maxDepth: 2 }),
  fc.string({ maxLength: 5 }),
  fc.constantFrom('vmexit', '{"tool":"vmexit"}'),
);
const setting = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.tuple(fc.array(key, { maxLength: 4 }), value).map(([path, text]) => `${path.join('.')}=${text}`),
);

test('no override crashes: it is applied or refused', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(setting, { maxLength: 3 }), async (set) => {
      const loaded = await loadScenario('jiang-2016-v4-base', { set }).catch((error: unknown) => error);
      if (loaded instanceof Error) expect(loaded).toBeInstanceOf(UserError);
      else expect(loaded).toHaveProperty('scenario.name');
    }),
    { numRuns: 300 },
  );
});

test('overrides reach lists, merge objects, and count in order', async () => {
  const { scenario, raw } = await loadScenario('jiang-2016-v4-base', {
    set: [
      'vcpus.1.pinned=false',
      'host.kvm={"halt_poll_ns":5}',
      'seed=a',
      'seed=b',
      'host.kernel.version=4.10',
    ],
  });
  expect(scenario.vcpus.map(({ pinned }) => pinned)).toEqual([true, false]);
  expect(scenario.vcpus[1].pcpu.isolated).toBe(true);
  expect(scenario.host.kvm).toMatchObject({ halt_poll_ns: 5, lapic_timer_advance_ns: 0 });
  expect(scenario.seed).toBe('b');
  expect(raw).not.toHaveProperty('extends');
});

test('a release may be set without quotes although it reads like a number', async () => {
  const { scenario } = await loadScenario('jiang-2016-v4-base', { set: ['host.kernel.version=4.10'] });
  expect(scenario.host.kernel.version).toBe('4.10');
});

test('another tool starts from its own defaults', async () => {
  const { scenario } = await loadScenario('jiang-2016-v4-base', {
    set: ['workload.tool=vmexit', 'workload.test=cpuid'],
  });
  expect(scenario.workload).toEqual({ tool: 'vmexit', test: 'cpuid', loops: 100_000 });
});
