import type { z as zod } from 'zod';
import { KERNEL_VERSIONS, PATCH_REVISIONS } from '../machine/kvm/versions.ts';
import { checked } from './checked.ts';
import { z } from './fields.ts';
import { printableText } from './printable-text.ts';

/**
 * The only place where a scenario's field is declared. `Scenario` (every default filled in), the checks and
 * the JSON Schema that editors use are all derived from here. Field names are the field's own: module
 * parameters, kernel command line, cyclictest options.
 */
const flag = (fallback: boolean, description: string) => z.boolean().default(fallback).describe(description);
const count = (min: number, max: number, fallback: number, description: string) =>
  z.number().int().min(min).max(max).default(fallback).describe(description);
const text = (min: number, max: number) => printableText(z, min, max);
const object = <Shape extends zod.ZodRawShape>(shape: Shape) => z.strictObject(shape);
/** An object whose every field has a default may be left out altogether. */
const section = <Shape extends zod.ZodRawShape>(shape: Shape) => object(shape).prefault({} as never);

const kernelVersion = z.enum(KERNEL_VERSIONS).describe('Kernel release whose behaviour is modelled');
const hz = z.union([z.literal(100), z.literal(250), z.literal(300), z.literal(1000)]).describe('CONFIG_HZ');

/** A random source of interruptions: how often it strikes and how long each lasts. */
const arrivals = {
  per_second: z.number().min(0).max(100_000).describe('Mean rate; arrivals are memoryless'),
  duration_us: z
    .tuple([z.number().min(0).max(100_000), z.number().min(0).max(100_000)])
    .refine(([low, high]) => low <= high, 'the shorter duration comes first')
    .describe('Shortest and longest duration in µs; uniform between them'),
};
const noiseSource = (what: string) => object(arrivals).nullable().default(null).describe(what);

const hostNoise = section({
  smi: noiseSource('System management interrupts: stop guest and host alike, invisible to both'),
  rcu: noiseSource('RCU softirq bursts, run on exit from a host interrupt'),
  kworker: object({
    ...arrivals,
    unbound: flag(false, 'Of an unbound workqueue, which an isolated pCPU is spared'),
  })
    .nullable()
    .default(null)
    .describe('kworker bursts: take the pCPU from a SCHED_OTHER vCPU thread'),
  ipi: noiseSource('IPIs and TLB shoot-downs to the pCPU: an external-interrupt exit each'),
  memory_pressure: z
    .number()
    .min(0)
    .max(100)
    .default(1)
    .describe("Eviction rate by the neighbours' cache traffic, relative to the profile's calibrated rate"),
});

const pcpu = section({
  isolated: flag(true, 'isolcpus=domain: keeps off what is not bound to the pCPU'),
  nohz_full: z
    .boolean()
    .nullable()
    .default(null)
    .describe('Tickless while one task runs; null = as host.kernel.nohz_full'),
  smt_sibling: z
    .enum(['off', 'idle', 'busy'])
    .default('off')
    .describe('The other hyperthread of the core; a busy one takes its share of pipeline and caches'),
  competitors: z
    .array(
      object({
        name: text(1, 15).default('competitor'),
        policy: z.enum(['other', 'fifo']).default('other'),
        priority: count(0, 99, 0, 'SCHED_FIFO priority, 0 for SCHED_OTHER'),
        period_us: count(10, 10_000_000, 10_000, 'It becomes runnable once per period'),
        run_us: count(1, 10_000_000, 1_000, 'and then runs this long'),
        pinned: flag(true, 'Bound to the pCPU; one that is not stays off an isolated pCPU'),
      }),
    )
    .max(8)
    .default([])
    .describe('Host threads that share the pCPU'),
}).describe('The physical CPU that the vCPU runs on');

const vcpu = section({
  pinned: flag(true, 'vCPU thread bound to one pCPU; a floating one is moved by the host from time to time'),
  migrations_per_second: z.number().min(0).max(10_000).default(10).describe('Moves of a floating vCPU'),
  policy: z.enum(['other', 'fifo']).default('other').describe('Host scheduling policy of the vCPU thread'),
  priority: count(0, 99, 0, 'SCHED_FIFO priority of the vCPU thread, 0 for SCHED_OTHER'),
  pcpu,
});

const host = section({
  cpu: text(1, 300)
    .default('xeon-e5-2699-v3')
    .describe('CPU profile: a name that `kvmtimer list profiles` prints, or the path of a profile file'),
  kernel: section({
    version: kernelVersion.default('4.8'),
    hz: hz.default(1000),
    nohz_full: flag(false, 'nohz_full= covers the pCPUs of the guest'),
    preempt: z.enum(['none', 'voluntary', 'full', 'rt']).default('voluntary').describe('Preemption model'),
    bits: z
      .union([z.literal(64), z.literal(32)])
      .default(64)
      .describe('Word size of the kernel'),
    skew_tick: flag(false, 'skew_tick=1: ticks of the CPUs are offset against each other'),
    timer_migration: flag(true, 'sysctl kernel.timer_migration'),
    mitigations: z
      .array(z.enum(['ibrs', 'l1d_flush', 'retpoline', 'mds_clear', 'bhi']))
      .max(5)
      .default([])
      .describe('Speculation mitigations that cost cycles on every exit or entry; [] is mitigations=off'),
  }),
  kvm: section({
    enable_hv_timer: flag(
      true,
      'VMX preemption timer for the guest timer; the parameter is named preemption_timer since 4.8',
    ),
    hv_count_limit: flag(
      true,
      'false: a kvm_intel patched to use a preemption timer that counts faster than 429 MHz (5.3+ refuses it)',
    ),
    patch_revision: z
      .enum(PATCH_REVISIONS)
      .nullable()
      .default(null)
      .describe('Behave as this revision of the 2016 patch series instead of as the release'),
    enable_apicv: flag(false, 'APIC virtualization: posted interrupts, virtual EOI'),
    pv_eoi: flag(true, 'Paravirtual EOI is offered to the guest'),
    lapic_timer_advance_ns: z
      .number()
      .int()
      .min(-1)
      .max(1_000_000)
      .nullable()
      .default(null)
      .describe("0 off, -1 adaptive, > 0 fixed; null = the release's default"),
    halt_poll_ns: z
      .number()
      .int()
      .min(0)
      .max(1_000_000_000)
      .nullable()
      .default(null)
      .describe("null = the release's default"),
    halt_poll_ns_grow: z.number().int().min(0).max(1000).nullable().default(null),
    halt_poll_ns_grow_start: z.number().int().min(0).max(1_000_000_000).nullable().default(null),
    halt_poll_ns_shrink: z.number().int().min(0).max(1000).nullable().default(null),
    min_timer_period_us: z.number().int().min(0).max(1_000_000).nullable().default(null),
    pi_inject_timer: z
      .union([z.literal(-1), z.literal(0), z.literal(1)])
      .default(-1)
      .describe('Posted timer interrupts: -1 follows housekeeping, as the module parameter does'),
    apic_bus_cycle_ns: count(1, 1000, 1, 'KVM_CAP_X86_APIC_BUS_CYCLES_NS (6.11+)'),
  }),
  cstates: z
    .enum(['off', 'c1', 'c1e', 'c6'])
    .default('c6')
    .describe('Deepest idle state that the host may enter'),
  housekeeping_load: z
    .number()
    .min(0)
    .max(1)
    .default(0.1)
    .describe('Share of time that the housekeeping CPU cannot take an interrupt at once (posted timers)'),
  nested: section({
    preemption_timer: flag(
      true,
      'virtualization nested: the outer hypervisor offers the VMX preemption timer',
    ),
  }),
  noise: hostNoise,
});

const guest = section({
  idle: z.enum(['poll', 'hlt', 'mwait']).default('poll').describe('What the guest does when idle'),
  kernel: section({
    version: kernelVersion.default('4.8'),
    hz: hz.default(1000),
    nohz: z
      .enum(['off', 'idle', 'full'])
      .default('off')
      .describe('Tick: always, stopped when idle, or nohz_full'),
    preempt: z.enum(['none', 'voluntary', 'full', 'rt']).default('full'),
    skew_tick: flag(false, 'skew_tick=1'),
    clocksource: z.enum(['tsc', 'kvm-clock']).default('kvm-clock'),
  }),
  tsc_khz: z
    .number()
    .int()
    .min(100_000)
    .max(10_000_000)
    .nullable()
    .default(null)
    .describe("Guest TSC rate; null = the host's. Another rate needs TSC scaling"),
  tsc_offset: z
    .number()
    .int()
    .min(-(2 ** 52))
    .max(2 ** 52)
    .default(0)
    .describe('VMCS TSC offset in cycles'),
  ntp_ppm: z
    .number()
    .min(-500)
    .max(500)
    .default(0)
    .describe('Rate correction of CLOCK_MONOTONIC against the TSC'),
  disable_exits: z
    .array(z.enum(['hlt', 'mwait', 'pause']))
    .max(3)
    .default([])
    .describe('KVM_CAP_X86_DISABLE_EXITS; QEMU -overcommit cpu-pm=on sets all'),
  load: z
    .enum(['none', 'busy'])
    .default('none')
    .describe('busy: a SCHED_OTHER thread keeps each vCPU from idling'),
  noise: section({
    softirq: noiseSource('Softirq and other interrupt work of the guest kernel that delays the thread'),
    irqs_off: noiseSource('Sections of the guest kernel that run with interrupts off'),
  }),
});

const loops = z.number().int().min(1).max(1_000_000_000);
const cyclictest = object({
  tool: z.literal('cyclictest').prefault('cyclictest'),
  threads: count(1, 64, 1, '-t'),
  smp: flag(false, '-S: one thread per vCPU, bound to it'),
  affinity: flag(false, '-a: thread n bound to vCPU n modulo their number'),
  priority: count(0, 99, 99, '-p; 0 = SCHED_OTHER'),
  priospread: flag(false, '--priospread: each further thread one priority lower'),
  interval_us: count(1, 1_000_000_000, 1000, '-i'),
  distance_us: count(0, 1_000_000_000, 0, '-d: interval of thread k is interval + k * distance'),
  loops: loops.default(600_000).describe('-l'),
  histogram_us: count(1, 1_000_000, 50, '-h: number of 1 µs rows'),
  relative: flag(false, '-r'),
  posix_timers: flag(false, '-x: POSIX timers instead of clock_nanosleep'),
  latency_us: count(
    0,
    1_000_000_000,
    0,
    '--latency: PM QoS request; below the exit latency of C1, MWAIT idling polls',
  ),
});
const tscdeadlineLatency = object({
  tool: z.literal('tscdeadline_latency'),
  delta_cycles: count(100, 1_000_000_000, 200_000, 'Deadline distance in guest TSC cycles'),
  loops: loops.default(10_000),
  wait: z.enum(['hlt', 'poll']).default('hlt').describe('hlt: the test as it ships; poll: it busy waits'),
});
const vmexit = object({
  tool: z.literal('vmexit'),
  test: z.enum(['tscdeadline', 'tscdeadline_immed', 'cpuid', 'vmcall']),
  loops: loops.default(100_000),
});
/** The bare guest of the path-length measurements: one scripted timer action per loop. */
const lapicTimer = object({
  tool: z.literal('lapic_timer'),
  action: z
    .enum(['deadline', 'past', 'disarm', 'rearm-earlier', 'far', 'masked', 'oneshot', 'periodic'])
    .default('deadline')
    .describe('What the guest does with its timer in each loop'),
  wait: z.enum(['poll', 'hlt']).default('poll'),
  delta_cycles: count(
    100,
    1_000_000_000,
    200_000,
    'Deadline distance in guest TSC cycles; initial count in ns for one-shot and periodic',
  ),
  loops: loops.default(210),
});

const scenario = object({
  $schema: z.string().max(1000).optional().describe('Where editors find the JSON Schema of this file'),
  name: text(1, 200).describe('Short name, shown in every report'),
  description: text(0, 2000).default('').describe('What the scenario shows'),
  source: text(0, 2000).default('').describe('Where its figures and settings come from'),
  virtualization: z
    .enum(['kvm', 'bare-metal', 'nested'])
    .default('kvm')
    .describe('kvm; bare-metal: the same kernel without a hypervisor; nested: KVM inside KVM'),
  host,
  vcpus: z.array(vcpu).min(1).max(64).prefault([{}]).describe('The virtual CPUs of the guest'),
  guest,
  workload: z
    .discriminatedUnion('tool', [cyclictest, tscdeadlineLatency, vmexit, lapicTimer])
    .prefault({ tool: 'cyclictest' }),
  seed: text(1, 200).default('kvmtimer').describe('Same seed and scenario, same bytes'),
}).describe('A machine and a workload for kvmtimer');

export const scenarioFields = checked(scenario);

/** A resolved scenario: every field has its value. */
export type Scenario = zod.output<typeof scenario>;
export type CyclictestWorkload = zod.output<typeof cyclictest>;
