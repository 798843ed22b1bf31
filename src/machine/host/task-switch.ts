import type { Task } from '../execution.ts';
import type { Pcpu } from '../pcpu.ts';

/** What `sched_switch` tells of the thread that leaves: it waits, or would go on running. */
const SLEEPS = 'S';
const RUNNABLE = 'R';

/** context_switch: the CPU goes on with `next`. `wantsToRun`: the thread that leaves is preempted, not asleep. */
export function switchTask(pcpu: Pcpu, next: Task, wantsToRun: boolean): void {
  const { execution } = pcpu;
  const { task } = execution;
  if (task === next) return;
  execution.needResched = false;
  if (pcpu.observer !== null) {
    pcpu.observer.event(pcpu.now, 'sched_switch', {
      prev_comm: task.comm,
      prev_pid: task.pid,
      prev_prio: task.prio,
      prev_state: wantsToRun || task === execution.idle ? RUNNABLE : SLEEPS,
      next_comm: next.comm,
      next_pid: next.pid,
      next_prio: next.prio,
    });
  }
  execution.task = next;
  execution.preemptDepth = next === execution.idle ? 1 : 0;
}

/** ttwu_do_wakeup: `task` may run again. */
export function traceWakeup(pcpu: Pcpu, task: Task): void {
  const { execution, observer } = pcpu;
  if (observer === null) return;
  const { comm, pid, prio } = task;
  observer.event(pcpu.now, 'sched_wakeup', { comm, pid, prio, target_cpu: execution.cpu });
}
