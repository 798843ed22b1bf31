import type { WorstSample } from '../../measurement/result-document.ts';
import type { Breakdown } from './breakdown.ts';

/** What it means that a stage took long, or was there at all, in words that a tuner of machines would use. */
const EVENTS: Readonly<Record<string, string>> = {
  'hardware.smi': 'a system management interrupt stopped the CPU',
  'hardware.cstate_exit': 'the pCPU had to leave an idle state',
  'hardware.timer_lateness': 'the timer itself fired late',
  'host.rcu': 'the host ran RCU work on the way out of an interrupt',
  'host.softirq': 'the host ran softirqs after its tick',
  'host.tick': 'the host tick was being served',
  'host.ipi': 'an IPI from another CPU was being served',
  'host.kworker': 'a kworker had the pCPU',
  'host.competitor': 'another host thread had the pCPU',
  'host.migrate_thread': 'the vCPU thread was moved to another pCPU',
  'host.schedule_out': 'the vCPU thread was off its pCPU',
  'host.housekeeping': 'the housekeeping CPU was busy',
  'guest.tick': 'the guest tick ran in the same interrupt',
  'guest.softirq': 'the guest ran softirqs after its tick',
  'guest.noise': 'other work of the guest kernel came first',
  'kvm.halt_poll': 'KVM was polling for the halted vCPU',
};

/** A stage counts as an event when it exceeds its mean by this much. */
const NOTABLE_NS = 500;

export interface Story {
  readonly cycle: number;
  readonly latencyNs: number;
  /** What was unlike the mean, largest excess first. */
  readonly causes: readonly { readonly stage: string; readonly excessNs: number; readonly because: string }[];
}

/** Tells one slow sample by what it has more of than the mean. */
export function tellStory(sample: WorstSample, mean: Breakdown, tscKhz: number): Story {
  const spent = new Map<string, number>();
  for (const [stage, cycles] of sample.path) {
    spent.set(stage, (spent.get(stage) ?? 0) + (cycles / tscKhz) * 1_000_000);
  }
  const usual = new Map(mean.stages.map(({ stage, ns }) => [stage, ns]));
  const causes = [...spent]
    .map(([stage, ns]) => ({ stage, excessNs: Math.round(ns - (usual.get(stage) ?? 0)) }))
    .filter(({ excessNs }) => excessNs >= NOTABLE_NS)
    .sort((one, other) => other.excessNs - one.excessNs)
    .slice(0, 4)
    .map((cause) => ({ ...cause, because: EVENTS[cause.stage] ?? 'its cache lines had been evicted' }));
  return { cycle: sample.cycle, latencyNs: sample.latency_ns, causes };
}
