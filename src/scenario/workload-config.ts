import type { CyclictestThreadConfig, WorkloadConfig } from '../machine/workload.ts';
import type { CyclictestWorkload, Scenario } from './schema.ts';

/** The workload of a scenario, in the units of the engine. */
export function workloadConfig({ workload, vcpus }: Scenario): WorkloadConfig {
  switch (workload.tool) {
    case 'cyclictest':
      return {
        tool: 'cyclictest',
        threads: cyclictestThreads(workload, vcpus.length),
        loops: workload.loops,
        histogramUs: workload.histogram_us,
        relative: workload.relative,
        posixTimers: workload.posix_timers,
      };
    case 'tscdeadline_latency':
      return { ...workload, deltaCycles: workload.delta_cycles };
    case 'lapic_timer':
      return { ...workload, deltaCycles: workload.delta_cycles };
    case 'vmexit':
      return workload;
  }
}

/** -S runs one thread for each vCPU; --priospread lowers the priority from thread to thread. */
function cyclictestThreads(workload: CyclictestWorkload, vcpus: number): CyclictestThreadConfig[] {
  const count = workload.smp ? vcpus : workload.threads;
  return Array.from({ length: count }, (_, thread) => ({
    priority: workload.priospread ? Math.max(1, workload.priority - thread) : workload.priority,
    intervalNs: (workload.interval_us + thread * workload.distance_us) * 1000,
  }));
}
