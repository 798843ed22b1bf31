import type { CostProfile } from '../machine/costs/profile.ts';
import type { KernelFeatures } from '../machine/kvm/features.ts';
import { hvTimerObstacle } from '../machine/kvm/hv-availability.ts';
import { releaseNumber } from '../machine/kvm/versions.ts';
import { NESTED_RATE_SHIFT } from './machine-config.ts';
import type { Scenario } from './schema.ts';

/** A scenario on its way to what the real machine would do, and what that depends on. */
export interface Candidate {
  readonly scenario: Scenario;
  readonly profile: CostProfile;
  readonly features: KernelFeatures;
}

/** A knob that does not exist on the machine as described: what holds instead, and why. */
export interface Adjustment {
  readonly path: string;
  readonly requested: unknown;
  readonly resolved: unknown;
  readonly reason: string;
}

interface Finding {
  readonly value: unknown;
  readonly reason: string;
  /** The value asked the machine to choose: its choice is no surprise. */
  readonly chosenByMachine?: boolean;
}

/**
 * One knob: what it becomes when the machine does not have what it asks for; undefined when all is well.
 */
interface KnobRule {
  readonly path: string;
  readonly check: (candidate: Candidate) => Finding | undefined;
}

/**
 * In the order in which they depend on each other: pass-through decides posting, and both decide the hv
 * timer.
 */
export const KNOB_RULES: readonly KnobRule[] = [
  { path: 'host.kvm.patch_revision', check: patchRevision },
  { path: 'host.kernel.mitigations', check: mitigations },
  { path: 'host.kvm.enable_apicv', check: apicv },
  { path: 'host.kvm.lapic_timer_advance_ns', check: timerAdvance },
  { path: 'host.kvm.halt_poll_ns_grow_start', check: growStart },
  { path: 'host.kvm.apic_bus_cycle_ns', check: apicBusCycle },
  { path: 'guest.disable_exits', check: disableExits },
  { path: 'guest.idle', check: guestIdle },
  { path: 'guest.kernel.clocksource', check: clocksource },
  { path: 'guest.tsc_khz', check: guestTscRate },
  { path: 'host.kvm.pi_inject_timer', check: postedTimer },
  { path: 'host.kvm.enable_hv_timer', check: hvTimer },
];

/** Releases of the vanilla kernel that brought a mitigation, and the vendor whose CPUs need it. */
const MITIGATIONS: Readonly<
  Record<Scenario['host']['kernel']['mitigations'][number], { since: string; intelOnly: boolean }>
> = {
  ibrs: { since: '4.15', intelOnly: false },
  retpoline: { since: '4.15', intelOnly: false },
  l1d_flush: { since: '4.18', intelOnly: true },
  mds_clear: { since: '5.2', intelOnly: true },
  bhi: { since: '6.9', intelOnly: true },
};

const isBareMetal = ({ scenario }: Candidate) => scenario.virtualization === 'bare-metal';
const isKvmIdle = ({ scenario }: Candidate, exit: 'hlt' | 'mwait') =>
  scenario.guest.disable_exits.includes(exit);

function patchRevision(candidate: Candidate): Finding | undefined {
  const { patch_revision } = candidate.scenario.host.kvm;
  const { version } = candidate.scenario.host.kernel;
  if (patch_revision === null || releaseNumber(version) <= releaseNumber('4.8')) return undefined;
  return {
    value: null,
    reason: `the patch series was written for 4.8 and its backports, not for ${version}`,
  };
}

function mitigations({ scenario, profile }: Candidate): Finding | undefined {
  const { version, mitigations: wanted } = scenario.host.kernel;
  const isNew = (name: (typeof wanted)[number]) =>
    releaseNumber(MITIGATIONS[name].since) > releaseNumber(version);
  const isForeign = (name: (typeof wanted)[number]) =>
    profile.cpu.vendor === 'amd' && MITIGATIONS[name].intelOnly;
  const missing = wanted.filter((name) => isNew(name) || isForeign(name));
  if (missing.length === 0) return undefined;
  const reasons = missing.map((name) =>
    isForeign(name) ? `AMD CPUs do not need ${name}` : `${name} came with Linux ${MITIGATIONS[name].since}`,
  );
  return { value: wanted.filter((name) => !missing.includes(name)), reason: reasons.join('; ') };
}

function apicv(candidate: Candidate): Finding | undefined {
  const { scenario, profile, features } = candidate;
  if (!scenario.host.kvm.enable_apicv || isBareMetal(candidate)) return undefined;
  if (!profile.cpu.apicv)
    return { value: false, reason: `${profile.cpu.model} has no interrupt virtualization` };
  if (profile.cpu.vendor === 'intel' || features.avic) return undefined;
  return { value: false, reason: 'AVIC came with Linux 4.7' };
}

function timerAdvance({ scenario, features }: Candidate): Finding | undefined {
  const wanted = scenario.host.kvm.lapic_timer_advance_ns;
  const { version } = scenario.host.kernel;
  if (wanted === -1 && features.advanceParameter === 'global-ns') {
    return {
      value: features.advanceDefaultNs,
      reason: `adaptive by -1 came with Linux 5.2; on ${version} the parameter is unsigned`,
    };
  }
  if (wanted !== null && wanted > 0 && features.advanceParameter === 'on-off') {
    return { value: -1, reason: `since Linux 6.10 lapic_timer_advance is only on (adaptive) or off` };
  }
  return undefined;
}

function growStart({ scenario, features }: Candidate): Finding | undefined {
  const wanted = scenario.host.kvm.halt_poll_ns_grow_start;
  if (wanted === null || wanted === features.haltPollGrowStart || features.haltPollGrowStartSettable)
    return undefined;
  return {
    value: features.haltPollGrowStart,
    reason: 'the parameter came with Linux 5.2; before, polls start at 10 µs',
  };
}

function apicBusCycle({ scenario, features }: Candidate): Finding | undefined {
  if (scenario.host.kvm.apic_bus_cycle_ns === 1 || features.apicBusCycleNsSettable) return undefined;
  return {
    value: 1,
    reason: 'KVM_CAP_X86_APIC_BUS_CYCLES_NS came with Linux 6.11; before, the bus runs at 1 GHz',
  };
}

function disableExits(candidate: Candidate): Finding | undefined {
  const { scenario, features } = candidate;
  const wanted = scenario.guest.disable_exits;
  const possible = wanted.filter((exit) => features.disableExits.includes(exit));
  if (possible.length === wanted.length || isBareMetal(candidate)) return undefined;
  return {
    value: possible,
    reason: 'KVM_CAP_X86_DISABLE_EXITS came with Linux 4.17 (MWAIT alone with 4.12)',
  };
}

function guestIdle(candidate: Candidate): Finding | undefined {
  if (candidate.scenario.guest.idle !== 'mwait' || isBareMetal(candidate)) return undefined;
  if (isKvmIdle(candidate, 'mwait')) return undefined;
  return { value: 'hlt', reason: 'without "mwait" in guest.disable_exits the guest sees no MWAIT and halts' };
}

function clocksource(candidate: Candidate): Finding | undefined {
  if (!isBareMetal(candidate) || candidate.scenario.guest.kernel.clocksource === 'tsc') return undefined;
  return { value: 'tsc', reason: 'there is no kvm-clock without KVM' };
}

function guestTscRate(candidate: Candidate): Finding | undefined {
  const { scenario, profile } = candidate;
  const wanted = scenario.guest.tsc_khz;
  const hostKhz = profile.cpu.tsc_khz.value;
  if (wanted === null || wanted === hostKhz) return undefined;
  if (isBareMetal(candidate)) return { value: hostKhz, reason: 'without KVM nothing scales the TSC' };
  if (profile.cpu.tsc_scaling) return undefined;
  return { value: hostKhz, reason: `${profile.cpu.model} has no TSC scaling` };
}

/** `pi_inject_timer`: -1 is on where a housekeeping CPU is set apart; on needs what KVM needs to post. */
function postedTimer(candidate: Candidate): Finding | undefined {
  const { pi_inject_timer } = candidate.scenario.host.kvm;
  if (pi_inject_timer === 0) return undefined;
  const obstacle = postedTimerObstacle(candidate);
  const chosenByMachine = pi_inject_timer === -1;
  if (obstacle !== undefined) return { value: 0, reason: obstacle, chosenByMachine };
  if (!chosenByMachine) return undefined;
  const { kernel } = candidate.scenario.host;
  const isSetApart = kernel.nohz_full || candidate.scenario.vcpus.some(({ pcpu }) => pcpu.nohz_full);
  return isSetApart
    ? { value: 1, reason: 'nohz_full sets a housekeeping CPU apart', chosenByMachine }
    : { value: 0, reason: 'without nohz_full no housekeeping CPU is set apart', chosenByMachine };
}

function postedTimerObstacle(candidate: Candidate): string | undefined {
  const { scenario, features } = candidate;
  if (isBareMetal(candidate)) return 'there is no KVM';
  if (!features.postedTimer) return 'posted timer interrupts came with Linux 5.3';
  if (!scenario.host.kvm.enable_apicv) return 'posting needs enable_apicv';
  if (!features.postedTimerNeedsIdleExitsDisabled) return undefined;
  if (isKvmIdle(candidate, 'hlt') || isKvmIdle(candidate, 'mwait')) return undefined;
  return 'since Linux 5.18 posting needs "hlt" or "mwait" in guest.disable_exits';
}

function hvTimer(candidate: Candidate): Finding | undefined {
  const { scenario, profile, features } = candidate;
  if (!scenario.host.kvm.enable_hv_timer) return undefined;
  if (isBareMetal(candidate)) return { value: false, reason: 'there is no KVM' };
  const isNested = scenario.virtualization === 'nested';
  const shift = isNested ? NESTED_RATE_SHIFT : (profile.cpu.preemption_timer_rate_shift?.value ?? null);
  const obstacle = hvTimerObstacle({
    version: scenario.host.kernel.version,
    features,
    kernelBits: scenario.host.kernel.bits,
    vendor: profile.cpu.vendor,
    signature: Number(profile.cpu.signature),
    rateShift: profile.cpu.preemption_timer_rate_shift === null ? null : shift,
    tscKhz: profile.cpu.tsc_khz.value,
    offeredByOuterHypervisor: !isNested || scenario.host.nested.preemption_timer,
    countLimited: scenario.host.kvm.hv_count_limit,
    mwaitInGuest: isKvmIdle(candidate, 'mwait'),
    postedTimer: scenario.host.kvm.pi_inject_timer === 1,
  });
  return obstacle === null ? undefined : { value: false, reason: `${obstacle}; the host hrtimer is used` };
}
