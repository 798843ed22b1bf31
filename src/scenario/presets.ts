import type { CostProfile } from '../machine/costs/profile.ts';
import type { KernelFeatures } from '../machine/kvm/features.ts';
import type { Scenario } from './schema.ts';

/** A scenario in which the release's and the CPU's defaults stand where null stood. */
export type ResolvedScenario = Scenario & {
  readonly host: {
    readonly kvm: {
      readonly lapic_timer_advance_ns: number;
      readonly halt_poll_ns: number;
      readonly halt_poll_ns_grow: number;
      readonly halt_poll_ns_grow_start: number;
      readonly halt_poll_ns_shrink: number;
      readonly min_timer_period_us: number;
    };
  };
  readonly guest: { readonly tsc_khz: number };
};

/** Who fills in a null. */
export type PresetSource = 'kernel release' | 'CPU profile' | 'host.kernel.nohz_full';

const RELEASE_DEFAULTS: ReadonlySet<string> = new Set([
  'lapic_timer_advance_ns',
  'halt_poll_ns',
  'halt_poll_ns_grow',
  'halt_poll_ns_grow_start',
  'halt_poll_ns_shrink',
  'min_timer_period_us',
]);

/**
 * Where the value of a field comes from whose null stands for "as the machine has it"; undefined for other
 * fields.
 */
export function presetSource(path: string): PresetSource | undefined {
  if (path === 'guest.tsc_khz') return 'CPU profile';
  if (/^vcpus\.\d+\.pcpu\.nohz_full$/.test(path)) return 'host.kernel.nohz_full';
  const [, parameter] = /^host\.kvm\.(.+)$/.exec(path) ?? [];
  return parameter !== undefined && RELEASE_DEFAULTS.has(parameter) ? 'kernel release' : undefined;
}

/** Puts the release's and the CPU's own defaults where the scenario says null. */
export function fillPresets(
  scenario: Scenario,
  profile: CostProfile,
  features: KernelFeatures,
): ResolvedScenario {
  const { kvm } = scenario.host;
  kvm.lapic_timer_advance_ns ??= features.advanceDefaultNs;
  kvm.halt_poll_ns ??= features.haltPollMaxNs;
  kvm.halt_poll_ns_grow ??= features.haltPollGrow;
  kvm.halt_poll_ns_grow_start ??= features.haltPollGrowStart;
  kvm.halt_poll_ns_shrink ??= features.haltPollShrink;
  kvm.min_timer_period_us ??= features.minTimerPeriodUs;
  scenario.guest.tsc_khz ??= profile.cpu.tsc_khz.value;
  scenario.host.cpu = profile.name;
  return scenario as ResolvedScenario;
}
