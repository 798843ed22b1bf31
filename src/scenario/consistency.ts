import type { Problem } from '../user-error.ts';
import type { JsonPath } from './json-source.ts';
import type { Scenario } from './schema.ts';

export interface Contradiction extends Pick<Problem, 'message' | 'hint'> {
  readonly path: JsonPath;
}

/** Settings that no machine could have together: each field is fine, the pair is not. */
export function contradictions(scenario: Scenario): Contradiction[] {
  const found: Contradiction[] = [];
  scenario.vcpus.forEach((vcpu, index) => {
    found.push(...priorityMismatch(vcpu, ['vcpus', index]));
    vcpu.pcpu.competitors.forEach((competitor, position) => {
      const path = ['vcpus', index, 'pcpu', 'competitors', position];
      found.push(...priorityMismatch(competitor, path));
      if (competitor.run_us > competitor.period_us) {
        const message = `is ${competitor.run_us}, longer than its period_us of ${competitor.period_us}`;
        found.push({ path: [...path, 'run_us'], message, hint: 'at most the period: then it never sleeps' });
      }
    });
  });
  found.push(...overload(scenario));
  const { virtualization, workload } = scenario;
  if (virtualization === 'bare-metal' && workload.tool === 'vmexit') {
    const message = 'is "vmexit", which measures VM exits, but virtualization is "bare-metal"';
    found.push({ path: ['workload', 'tool'], message, hint: 'virtualization "kvm", or another tool' });
  }
  return found;
}

/** Most that interruptions may take of a CPU; beyond, a real machine would make no progress to speak of either. */
const MOST_BUSY = 0.9;

/** Host work that a vCPU cannot hold off, as a share of its CPU's time. */
function overload({ host, vcpus, guest }: Scenario): Contradiction[] {
  const share = (source: Scenario['host']['noise']['smi']) =>
    source === null ? 0 : (source.per_second * (source.duration_us[0] + source.duration_us[1])) / 2e6;
  const { smi, rcu, ipi, kworker } = host.noise;
  const interrupts =
    share(smi) + share(rcu) + share(ipi) + share(guest.noise.softirq) + share(guest.noise.irqs_off);
  const path = ['host', 'noise'];
  const hint = `at most ${MOST_BUSY * 100} %: lower per_second or duration_us`;
  return vcpus.flatMap(({ priority, pcpu }, index) => {
    const isKeptOff = (bound: boolean) => pcpu.isolated && !bound;
    const outranking = pcpu.competitors.filter(
      (other) => other.priority > priority && !isKeptOff(other.pinned),
    );
    const threads = outranking.reduce((sum, { run_us, period_us }) => sum + run_us / period_us, 0);
    const meetsKworkers = priority === 0 && kworker !== null && !isKeptOff(!kworker.unbound);
    const kworkers = meetsKworkers ? share(kworker) : 0;
    const total = interrupts + threads + kworkers;
    if (total <= MOST_BUSY) return [];
    const percent = Math.round(total * 100);
    const message = `takes ${percent} % of the time of vcpus.${index}, with the threads that outrank it`;
    return [{ path, message, hint }];
  });
}

/** sched_setscheduler: SCHED_FIFO takes 1 to 99, SCHED_OTHER only 0. */
function priorityMismatch(
  { policy, priority }: { readonly policy: 'other' | 'fifo'; readonly priority: number },
  path: JsonPath,
): Contradiction[] {
  if ((policy === 'fifo') === priority > 0) return [];
  const hint =
    policy === 'fifo'
      ? 'allowed with policy "fifo": 1 to 99'
      : 'set policy to "fifo", or leave the priority at 0';
  return [{ path: [...path, 'priority'], message: `is ${priority}, but policy is "${policy}"`, hint }];
}
