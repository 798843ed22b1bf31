import fc from 'fast-check';
import { KERNEL_VERSIONS, PATCH_REVISIONS } from '../machine/kvm/versions.ts';
import { contradictions } from '../scenario/consistency.ts';
import { shippedProfiles } from '../scenario/shipped.ts';
import { scenarioSchema } from '../scenario/zod-schema.ts';

/** Sections that a random scenario may leave out, so that defaults are met as well. */
const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 3 });
const some = <const Values extends readonly unknown[]>(...values: Values) =>
  optional(fc.constantFrom(...values));
const count = (min: number, max: number) => optional(fc.integer({ min, max }));

const noise = optional(
  fc.tuple(fc.integer({ min: 0, max: 1000 }), fc.nat(200), fc.nat(200)).map(([per_second, one, other]) => ({
    per_second,
    duration_us: [Math.min(one, other), Math.max(one, other)],
  })),
);

const kworker = fc
  .tuple(noise, fc.boolean())
  .map(([source, unbound]) => (source === undefined ? undefined : { ...source, unbound }));

/** SCHED_OTHER with priority 0, or SCHED_FIFO with one. */
const policy = fc.oneof(
  fc.constant({ policy: 'other', priority: 0 }),
  fc.integer({ min: 1, max: 99 }).map((priority) => ({ policy: 'fifo', priority })),
);

/** At most two, who together leave a fifth of the CPU. */
const competitors = fc.array(
  fc
    .tuple(policy, fc.integer({ min: 50, max: 20_000 }), fc.integer({ min: 1, max: 40 }), fc.boolean())
    .map(([scheduling, period_us, percent, pinned]) => ({
      ...scheduling,
      pinned,
      name: 'other',
      period_us,
      run_us: Math.max(1, Math.floor((period_us * percent) / 100)),
    })),
  { maxLength: 2 },
);

const vcpu = fc
  .tuple(
    fc.record({
      pinned: optional(fc.boolean()),
      migrations_per_second: count(0, 500),
      pcpu: fc.record({
        isolated: optional(fc.boolean()),
        nohz_full: some(null, true, false),
        smt_sibling: some('off', 'idle', 'busy'),
        competitors: optional(competitors),
      }),
    }),
    policy,
  )
  .map(([rest, scheduling]) => ({ ...rest, ...scheduling }));

const version = fc.constantFrom(...KERNEL_VERSIONS);
const hz = some(100, 250, 300, 1000);
const preempt = some('none', 'voluntary', 'full', 'rt');

const host = fc.record({
  cpu: fc.constantFrom(...shippedProfiles().map(({ name }) => name)),
  kernel: fc.record({
    version,
    hz,
    preempt,
    nohz_full: optional(fc.boolean()),
    bits: some(64, 32),
    skew_tick: optional(fc.boolean()),
    timer_migration: optional(fc.boolean()),
    mitigations: optional(fc.subarray(['ibrs', 'l1d_flush', 'retpoline', 'mds_clear', 'bhi'])),
  }),
  kvm: fc.record({
    enable_hv_timer: optional(fc.boolean()),
    hv_count_limit: optional(fc.boolean()),
    patch_revision: some(null, ...PATCH_REVISIONS),
    enable_apicv: optional(fc.boolean()),
    pv_eoi: optional(fc.boolean()),
    lapic_timer_advance_ns: some(null, -1, 0, 500, 1000, 5000, 100_000),
    halt_poll_ns: some(null, 0, 50_000, 200_000, 1_000_000),
    halt_poll_ns_grow: count(0, 4),
    halt_poll_ns_grow_start: count(0, 50_000),
    halt_poll_ns_shrink: count(0, 4),
    pi_inject_timer: some(-1, 0, 1),
    apic_bus_cycle_ns: count(1, 40),
  }),
  cstates: some('off', 'c1', 'c1e', 'c6'),
  housekeeping_load: optional(fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10)),
  nested: optional(fc.record({ preemption_timer: fc.boolean() })),
  noise: optional(fc.record({ smi: noise, rcu: noise, kworker, ipi: noise, memory_pressure: count(0, 20) })),
});

const guest = fc.record({
  idle: some('poll', 'hlt', 'mwait'),
  kernel: fc.record({
    version,
    hz,
    preempt,
    nohz: some('off', 'idle', 'full'),
    skew_tick: optional(fc.boolean()),
    clocksource: some('tsc', 'kvm-clock'),
  }),
  tsc_khz: optional(fc.integer({ min: 500_000, max: 5_000_000 })),
  tsc_offset: count(-(2 ** 40), 2 ** 40),
  ntp_ppm: count(-500, 500),
  disable_exits: optional(fc.subarray(['hlt', 'mwait', 'pause'])),
  load: some('none', 'busy'),
  noise: optional(fc.record({ softirq: noise, irqs_off: noise })),
});

const loops = fc.integer({ min: 1, max: 60 });
const cyclictest = fc.record({
  tool: fc.constant('cyclictest'),
  loops,
  threads: count(1, 3),
  smp: optional(fc.boolean()),
  priority: count(0, 99),
  priospread: optional(fc.boolean()),
  interval_us: count(100, 3000),
  distance_us: count(0, 1000),
  histogram_us: count(1, 200),
  relative: optional(fc.boolean()),
  posix_timers: optional(fc.boolean()),
});
const bare = fc.oneof(
  fc.record({
    tool: fc.constant('tscdeadline_latency'),
    loops,
    delta_cycles: count(100, 5_000_000),
    wait: some('hlt', 'poll'),
  }),
  fc.record({
    tool: fc.constant('vmexit'),
    loops,
    test: fc.constantFrom('tscdeadline', 'tscdeadline_immed', 'cpuid', 'vmcall'),
  }),
  fc.record({
    tool: fc.constant('lapic_timer'),
    loops,
    action: some('deadline', 'past', 'disarm', 'rearm-earlier', 'far', 'masked', 'oneshot', 'periodic'),
    wait: some('poll', 'hlt'),
    delta_cycles: count(20_000, 2_000_000),
  }),
);

/** A random scenario that the schema accepts: any machine with any workload, run for a few loops. */
export const arbitraryScenario: fc.Arbitrary<Record<string, unknown>> = fc
  .record({
    name: fc.constant('random'),
    virtualization: some('kvm', 'kvm', 'bare-metal', 'nested'),
    host,
    vcpus: fc.array(vcpu, { minLength: 1, maxLength: 2 }),
    guest,
    workload: fc.oneof(cyclictest, bare),
    seed: fc
      .string({ minLength: 1, maxLength: 8, unit: 'grapheme-ascii' })
      .filter((seed) => seed.trim() !== ''),
  })
  .map((scenario) => withoutUndefined(scenario) as Record<string, unknown>)
  .filter(isConsistent);

/** Leaves out what no machine could be: such scenarios are refused with a message. */
function isConsistent(scenario: Record<string, unknown>): boolean {
  return contradictions(scenarioSchema.parse(scenario)).length === 0;
}

function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(entries.map(([name, field]) => [name, withoutUndefined(field)]));
}
