import type {
  GuestConfig,
  HostConfig,
  KvmConfig,
  MachineConfig,
  NoiseConfig,
  VcpuConfig,
} from '../machine/config.ts';
import type { CostName, CostProfile } from '../machine/costs/profile.ts';
import { guestFeatures } from '../machine/guest/features.ts';
import { type KernelFeatures, kernelFeatures } from '../machine/kvm/features.ts';
import type { ResolvedScenario } from './presets.ts';
import type { Scenario } from './schema.ts';

type NoiseSource = Scenario['host']['noise']['smi'];
type Mitigation = Scenario['host']['kernel']['mitigations'][number];

const MITIGATIONS_ON_EXIT: readonly Mitigation[] = ['ibrs', 'retpoline', 'bhi'];
const MITIGATIONS_ON_ENTRY: readonly Mitigation[] = ['l1d_flush', 'mds_clear'];
/** VMX_MISC_EMULATED_PREEMPTION_TIMER_RATE: the rate that KVM shows to a nested hypervisor. */
export const NESTED_RATE_SHIFT = 5;
const CSTATES = ['c1', 'c1e', 'c3', 'c6'] as const;

/** The machine that a resolved scenario describes, in the units of the engine. */
export function machineConfig(scenario: ResolvedScenario, profile: CostProfile): MachineConfig {
  const features = kernelFeatures(scenario.host.kernel.version, scenario.host.kvm.patch_revision);
  return {
    profile,
    seed: scenario.seed,
    features,
    virtualization: scenario.virtualization,
    elapsedNs: 0,
    host: hostConfig(scenario, profile),
    kvm: kvmConfig(scenario, profile),
    vcpus: scenario.vcpus.map((vcpu) => vcpuConfig(vcpu, scenario, profile, features)),
    guest: guestConfig(scenario, profile, idleOf(scenario, profile)),
  };
}

function hostConfig({ host }: ResolvedScenario, profile: CostProfile): HostConfig {
  const { smi, rcu, ipi, memory_pressure } = host.noise;
  const mitigated = (on: readonly Mitigation[]) =>
    host.kernel.mitigations
      .filter((name) => on.includes(name))
      .reduce((total, name) => total + profile.costs[`mitigation_${name}` satisfies CostName].value, 0);
  return {
    tscKhz: profile.cpu.tsc_khz.value,
    hz: host.kernel.hz,
    preempt: host.kernel.preempt,
    mitigationExitCycles: mitigated(MITIGATIONS_ON_EXIT),
    mitigationEntryCycles: mitigated(MITIGATIONS_ON_ENTRY),
    memoryPressure: memory_pressure,
    skewTick: host.kernel.skew_tick,
    cstates: idleStates(host.cstates, profile),
    housekeepingLoad: host.housekeeping_load,
    timerMigration: host.kernel.timer_migration,
    noise: {
      smi: noise(smi, profile),
      rcu: noise(rcu, profile),
      ipi: noise(ipi, profile),
    },
  };
}

/** The states of the CPU up to the deepest permitted one, shallowest first. */
function idleStates(deepest: Scenario['host']['cstates'], profile: CostProfile): HostConfig['cstates'] {
  if (deepest === 'off') return [];
  const permitted = CSTATES.slice(0, CSTATES.indexOf(deepest) + 1);
  return profile.cstates
    .filter(({ name }) => permitted.includes(name))
    .map((state) => ({
      exitCycles: usToCycles(state.exit_latency_us.value, profile),
      residencyNs: Math.round(state.target_residency_us.value * 1000),
    }));
}

function kvmConfig({ host, guest, virtualization }: ResolvedScenario, profile: CostProfile): KvmConfig {
  const { kvm } = host;
  const ownShift = profile.cpu.preemption_timer_rate_shift?.value ?? 0;
  return {
    vendor: profile.cpu.vendor,
    enableApicv: kvm.enable_apicv,
    pvEoi: kvm.pv_eoi,
    hvTimerUnusable: kvm.enable_hv_timer ? null : 'enable_hv_timer is false',
    rateShift: virtualization === 'nested' ? NESTED_RATE_SHIFT : ownShift,
    postedTimer: kvm.pi_inject_timer === 1,
    lapicTimerAdvanceNs: kvm.lapic_timer_advance_ns,
    haltPollNs: kvm.halt_poll_ns,
    haltPollNsGrow: kvm.halt_poll_ns_grow,
    haltPollNsGrowStart: kvm.halt_poll_ns_grow_start,
    haltPollNsShrink: kvm.halt_poll_ns_shrink,
    minTimerPeriodUs: kvm.min_timer_period_us,
    apicBusCycleNs: kvm.apic_bus_cycle_ns,
    haltInGuest: guest.disable_exits.includes('hlt'),
    mwaitInGuest: guest.disable_exits.includes('mwait'),
  };
}

/**
 * isolcpus=domain: the scheduler puts nothing on the CPU that is not bound to it. A nohz_full CPU goes without its tick
 * only while the vCPU thread is alone there.
 */
function vcpuConfig(
  { pinned, migrations_per_second, priority, pcpu }: Scenario['vcpus'][number],
  { host }: ResolvedScenario,
  profile: CostProfile,
  features: KernelFeatures,
): VcpuConfig {
  const competitors = pcpu.competitors.filter(({ pinned }) => pinned || !pcpu.isolated);
  const { kworker } = host.noise;
  const isAlone = competitors.length === 0;
  return {
    pinned,
    migrationsPerSecond: migrations_per_second,
    priority,
    nohzFull: pcpu.nohz_full === true,
    tickHz: pcpu.nohz_full && isAlone ? features.nohzFullTickHz : host.kernel.hz,
    competitors: competitors.map((competitor) => ({
      name: competitor.name,
      priority: competitor.priority,
      periodCycles: usToCycles(competitor.period_us, profile),
      runCycles: usToCycles(competitor.run_us, profile),
    })),
    kworker: kworker?.unbound && pcpu.isolated ? null : noise(kworker, profile),
    siblingBusy: pcpu.smt_sibling === 'busy',
  };
}

/**
 * A kernel that may use MWAIT has a governor, which polls when PM QoS allows less than the exit latency of the
 * shallowest state. HLT is what a guest without a cpuidle driver does, whatever is asked for.
 */
function idleOf({ guest, workload, host }: ResolvedScenario, profile: CostProfile): GuestConfig['idle'] {
  if (guest.idle !== 'mwait' || workload.tool !== 'cyclictest' || host.cstates === 'off') return guest.idle;
  const shallowest = profile.cstates.find(({ name }) => name === 'c1');
  const latencyUs = shallowest?.exit_latency_us.value ?? 0;
  return workload.latency_us < latencyUs ? 'poll' : 'mwait';
}

function guestConfig(
  { guest }: ResolvedScenario,
  profile: CostProfile,
  idle: GuestConfig['idle'],
): GuestConfig {
  const { kernel } = guest;
  return {
    idle,
    busy: guest.load === 'busy',
    tscKhz: guest.tsc_khz,
    tscScaled: guest.tsc_khz !== profile.cpu.tsc_khz.value,
    tscOffset: guest.tsc_offset,
    ntpPpm: guest.ntp_ppm,
    hz: kernel.hz,
    nohz: kernel.nohz,
    preempt: kernel.preempt,
    skewTick: kernel.skew_tick,
    clocksource: kernel.clocksource,
    features: guestFeatures(kernel.version),
    noise: { softirq: noise(guest.noise.softirq, profile), irqsOff: noise(guest.noise.irqs_off, profile) },
  };
}

function noise(source: NoiseSource, profile: CostProfile): NoiseConfig | null {
  if (source === null || source.per_second === 0) return null;
  const [shortest, longest] = source.duration_us;
  return {
    perSecond: source.per_second,
    minCycles: usToCycles(shortest, profile),
    maxCycles: usToCycles(longest, profile),
  };
}

const usToCycles = (us: number, profile: CostProfile) => Math.round((us * profile.cpu.tsc_khz.value) / 1000);
