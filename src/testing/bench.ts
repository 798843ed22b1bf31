import type { CostProfile } from '../machine/costs/profile.ts';
import { Stage } from '../machine/costs/stages.ts';
import { LVTT } from '../machine/guest/bare-guest.ts';
import type { GuestCpu } from '../machine/guest/guest-cpu.ts';
import type { KvmVcpu } from '../machine/kvm/vcpu.ts';
import { buildLane } from '../machine/lane.ts';
import type { Pcpu } from '../machine/pcpu.ts';
import type { TraceFields, TracePoint } from '../machine/trace.ts';
import { machineConfig } from '../scenario/machine-config.ts';
import { loadProfile } from '../scenario/profile.ts';
import { resolveScenario } from '../scenario/resolve.ts';
import type { Cycles } from '../time.ts';

export interface BenchOptions {
  readonly kvm?: object;
  readonly host?: object;
  readonly kernel?: object;
  readonly guest?: object;
  readonly vcpu?: object;
  /** IA32_VMX_MISC[4:0]. */
  readonly rateShift?: number;
  readonly profile?: string;
}

export interface TraceEvent {
  readonly tsc: Cycles;
  readonly point: TracePoint;
  readonly fields: TraceFields;
}

/** One virtual CPU with KVM of one release under it, for a test to execute instructions on. */
export interface Bench {
  readonly cpu: GuestCpu;
  readonly kvm: KvmVcpu;
  readonly pcpu: Pcpu;
  readonly events: TraceEvent[];
  /** Guest TSC at the first instruction of the timer's handler, for each interrupt. */
  readonly interrupts: Cycles[];
  /** What the handler does between its first instruction and its EOI; the test may replace it. */
  handler: () => void;
  /** Reasons of the VM exits so far. */
  exits(): string[];
  /** Executes guest code until this many cycles have passed, interrupts being served as IF says. */
  runFor(cycles: Cycles): void;
  /** The stages that have taken time since a moment of the host's TSC, in order. */
  stagesSince(tsc: Cycles): string[];
}

export const VECTOR = 0xef;
export const DEADLINE_MODE = LVTT.deadline | VECTOR;

/** Costs of one cycle per instruction and free exits; a CPU that has every feature, at 3 GHz. */
export function benchProfile({ rateShift = 5, profile = 'lab-6.1' }: BenchOptions): CostProfile {
  const base = loadProfile(profile);
  if (profile !== 'lab-6.1') return base;
  const shift = { value: rateShift, kind: 'assumed', source: 'the test' } as const;
  const cpu = { ...base.cpu, apicv: true, tsc_scaling: true, preemption_timer_rate_shift: shift };
  return { ...base, cpu };
}

/** A guest in TSC-deadline mode with interrupts off, on `version`; the hv timer is on unless `kvm` says otherwise. */
export function bench(version: string, options: BenchOptions = {}): Bench {
  const { scenario, profile } = resolveScenario(
    {
      name: 'bench',
      host: {
        cpu: 'lab-6.1',
        kernel: { version, nohz_full: true, ...options.kernel },
        kvm: {
          lapic_timer_advance_ns: 0,
          halt_poll_ns: 0,
          pi_inject_timer: 0,
          pv_eoi: false,
          ...options.kvm,
        },
        ...options.host,
      },
      vcpus: [options.vcpu ?? {}],
      guest: { ...options.guest },
    },
    { profileOf: () => benchProfile(options) },
  );
  const events: TraceEvent[] = [];
  const stages: { stage: number; end: Cycles }[] = [];
  const lane = buildLane(machineConfig(scenario, profile), 0, {
    observe: () => ({
      event: (tsc, point, fields) => events.push({ tsc, point, fields }),
      sample: () => {},
      stage: (stage, end) => {
        if (end > (stages.at(-1)?.end ?? 0)) stages.push({ stage, end });
      },
    }),
  });
  const { cpu, pcpu } = lane;
  const interrupts: Cycles[] = [];
  const built: Bench = {
    cpu,
    kvm: lane.kvm!,
    pcpu,
    events,
    interrupts,
    handler: () => {},
    exits: () =>
      events.filter(({ point }) => point === 'kvm_exit').map(({ fields }) => String(fields.reason)),
    runFor: (cycles) => cpu.spinUntil(Stage['guest.busy'], cpu.readTsc() + cycles),
    stagesSince: (tsc) => stages.filter(({ end }) => end > tsc).map(({ stage }) => NAMES[stage]),
  };
  cpu.software = {
    interrupt() {
      interrupts.push(cpu.readTsc());
      cpu.run(Stage['guest.bare_handler']);
      built.handler();
      cpu.endOfInterrupt();
    },
  };
  cpu.writeLvtt(DEADLINE_MODE);
  return built;
}

const NAMES = Object.entries(Stage).reduce<string[]>((names, [name, id]) => {
  names[id] = name;
  return names;
}, []);
