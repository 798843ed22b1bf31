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
  const { virtualization, workload } = scenario;
  if (virtualization === 'bare-metal' && workload.tool === 'vmexit') {
    const message = 'is "vmexit", which measures VM exits, but virtualization is "bare-metal"';
    found.push({ path: ['workload', 'tool'], message, hint: 'virtualization "kvm", or another tool' });
  }
  return found;
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
