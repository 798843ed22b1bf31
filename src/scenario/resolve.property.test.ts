import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatProblem, UserError } from '../user-error.ts';
import { scenarioHash } from './hash.ts';
import { resolveScenario } from './resolve.ts';

const FIELDS = [
  ...[
    'name',
    'host',
    'kernel',
    'kvm',
    'vcpus',
    'pcpu',
    'guest',
    'workload',
    'seed',
    'version',
    'noise',
    'smi',
  ],
  ...[
    'tool',
    'loops',
    'test',
    'disable_exits',
    'virtualization',
    'duration_us',
    '__proto__',
    'constructor',
    'toString',
  ],
];
const VALUES = [
  'cyclictest',
  'vmexit',
  '4.8',
  '6.1',
  'bare-metal',
  'epyc-7742',
  'fifo',
  -1,
  0,
  1e9,
  Number.POSITIVE_INFINITY,
  Number.NaN,
];

/** Documents made of the right words in the wrong places. */
const { document } = fc.letrec((tie) => ({
  document: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(...VALUES, null, true, '\u001b[31m'),
    fc.jsonValue({ maxDepth: 2 }),
    fc.array(tie('document'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...FIELDS), tie('document'), { maxKeys: 6 }),
  ),
}));

test('whatever a file holds, it is resolved or refused with a UserError', () => {
  fc.assert(
    fc.property(document, (raw) => {
      try {
        const { scenario, profile } = resolveScenario(raw);
        expect(scenarioHash(scenario, profile)).toHaveLength(64);
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
        const { problems } = error as UserError;
        expect(problems.length).toBeGreaterThan(0);
        for (const problem of problems)
          expect(formatProblem(problem)).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/);
      }
    }),
    { numRuns: 2000 },
  );
});

test('resolving what was resolved changes nothing', () => {
  const raw = fc.record({
    name: fc.constant('x'),
    virtualization: fc.constantFrom('kvm', 'nested', 'bare-metal'),
    host: fc.record({
      cpu: fc.constantFrom('xeon-e5-2699-v3', 'xeon-gold-6248', 'xeon-x5570', 'epyc-7742'),
      kernel: fc.record({
        version: fc.constantFrom('4.4', '4.8', '4.16', '5.3', '5.15', '6.12'),
        nohz_full: fc.boolean(),
      }),
      kvm: fc.record({
        enable_apicv: fc.boolean(),
        pi_inject_timer: fc.constantFrom(-1, 0, 1),
        lapic_timer_advance_ns: fc.constantFrom(null, -1, 0, 700),
      }),
    }),
    guest: fc.record({
      idle: fc.constantFrom('poll', 'hlt', 'mwait'),
      disable_exits: fc.subarray(['hlt', 'mwait', 'pause']),
      tsc_khz: fc.constantFrom(null, 2_000_000),
    }),
  });
  fc.assert(
    fc.property(raw, (value) => {
      const once = resolveScenario(value);
      const twice = resolveScenario(once.scenario, { strict: true });
      expect(twice.scenario).toEqual(once.scenario);
    }),
  );
});
