import { type Cycles, NS_PER_SECOND } from '../time.ts';
import type { MachineConfig } from './config.ts';
import { CostModel } from './costs/cost-model.ts';
import { BUSY_SIBLING } from './costs/smt.ts';
import { Execution } from './execution.ts';
import type { GuestCpu } from './guest/guest-cpu.ts';
import { NativeCpu } from './hardware/native-cpu.ts';
import { HostKernel } from './host/host-kernel.ts';
import { noiseArrivals } from './host/noise.ts';
import { HostScheduler } from './host/scheduler.ts';
import { GuestMode } from './kvm/guest-mode.ts';
import { KvmVcpu } from './kvm/vcpu.ts';
import { Pcpu } from './pcpu.ts';
import type { Tracer } from './trace.ts';

/** How far the host's clock, which NTP steers, runs from its TSC: assumed, a usual quartz error. */
const HOUSEKEEPING_DRIFT_PPM = 20;

/**
 * One vCPU with everything under it: KVM's half of it, the host kernel on its pCPU, the pCPU itself. vCPUs share no
 * pCPU and meet only through noise, so each has a lane and a clock of its own.
 */
export interface Lane {
  readonly cpu: GuestCpu;
  readonly pcpu: Pcpu;
  /** Null on bare metal. */
  readonly kvm: KvmVcpu | null;
}

/** `index` is the vCPU's number: it names the random streams of the lane. */
export function buildLane(config: MachineConfig, index: number, tracer: Tracer | null): Lane {
  const seed = index === 0 ? config.seed : `${config.seed}/vcpu${index}`;
  const { host, features } = config;
  const { siblingBusy } = config.vcpus[index];
  const costs = new CostModel({
    profile: config.profile,
    seed,
    memoryPressure: host.memoryPressure * (siblingBusy ? BUSY_SIBLING.evictionFactor.value : 1),
    siblingBusy,
    guestClocksource: config.guest.clocksource,
    mitigationExitCycles: host.mitigationExitCycles,
    mitigationEntryCycles: host.mitigationEntryCycles,
    housekeepingTickCycles: ((host.tscKhz * 1000) / host.hz) * (1 + HOUSEKEEPING_DRIFT_PPM / 1e6),
    housekeepingPhaseCycles: housekeepingPhase(config),
  });
  const smi = noiseArrivals(host.noise.smi, host.tscKhz, seed, 'smi');
  const countsPreemption = features.preemptDynamic || host.preempt === 'full' || host.preempt === 'rt';
  const execution = new Execution(index, config.vcpus[index].priority, countsPreemption);
  const pcpu = new Pcpu(costs, smi, execution);
  pcpu.observer = tracer?.observe(index, execution) ?? null;
  if (config.virtualization === 'bare-metal') return { cpu: new NativeCpu(pcpu, config), pcpu, kvm: null };
  const modes = { 'abs-pinned': 'ABS|PINNED', abs: 'ABS', 'abs-hard': 'ABS|HARD' } as const;
  const mode = modes[features.hrtimerMode];
  const hostKernel = new HostKernel(pcpu, host, config.vcpus[index], seed, mode, features);
  hostKernel.lapicInSoftirq = host.preempt === 'rt' && features.rtHrtimerExpiry === 'softirq';
  const scheduler = new HostScheduler(hostKernel, host, seed);
  const kvm = new KvmVcpu(pcpu, hostKernel, scheduler, config);
  return { cpu: new GuestMode(kvm), pcpu, kvm };
}

/** How far the housekeeping CPU's tick has drifted away from this CPU's clock since the run began. */
function housekeepingPhase({ elapsedNs, host }: MachineConfig): Cycles {
  const drifted = elapsedNs + (elapsedNs * HOUSEKEEPING_DRIFT_PPM) / 1e6;
  return Math.round(((drifted % (NS_PER_SECOND / host.hz)) * host.tscKhz) / 1e6);
}
