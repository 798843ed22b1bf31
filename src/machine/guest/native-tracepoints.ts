import type { Nanoseconds } from '../../time.ts';
import type { Task } from '../execution.ts';
import { switchTask, traceWakeup } from '../host/task-switch.ts';
import type { Pcpu } from '../pcpu.ts';

/** First pid of the measuring threads: assumed, the engine numbers no processes. */
const THREADS_PID = 4001;
/** Timers of one CPU: numbers of those of different CPUs differ. */
const TIMERS_PER_CPU = 256;

/** Tracepoints of the only kernel on bare metal, which under KVM is the guest's and stays untraced. */
export class NativeTracepoints {
  private readonly threads: Task[] = [];

  constructor(
    private readonly pcpu: Pcpu,
    private readonly vector: number,
  ) {
    pcpu.execution.task = pcpu.execution.idle;
    pcpu.execution.preemptDepth = 1;
  }

  interruptEntry(): void {
    const { execution, observer, now } = this.pcpu;
    execution.hardirq = true;
    execution.irqsOff = true;
    observer?.event(now, 'local_timer_entry', { vector: this.vector });
  }

  interruptExit(): void {
    const { execution, observer, now } = this.pcpu;
    observer?.event(now, 'local_timer_exit', { vector: this.vector });
    execution.hardirq = false;
    execution.irqsOff = false;
  }

  /** Slot 0 is the tick, the others are sleeping threads. */
  hrtimerStart(slot: number, soft: Nanoseconds, hard: Nanoseconds): void {
    const { observer, now } = this.pcpu;
    if (observer === null) return;
    const fields = { expires: hard, softexpires: soft, mode: 'ABS', was_armed: 0 };
    observer.event(now, 'hrtimer_start', { ...this.timer(slot), ...fields });
  }

  hrtimerCancel(slot: number): void {
    const { observer, now } = this.pcpu;
    observer?.event(now, 'hrtimer_cancel', this.timer(slot));
  }

  expireEntry(slot: number, ktime: Nanoseconds): void {
    const { observer, now } = this.pcpu;
    observer?.event(now, 'hrtimer_expire_entry', { ...this.timer(slot), now: ktime });
  }

  expireExit(slot: number): void {
    const { observer, now } = this.pcpu;
    observer?.event(now, 'hrtimer_expire_exit', this.timer(slot));
  }

  /** The thread whose timer has the next slot. */
  addThread(priority: number): void {
    const slot = this.threads.length + 1;
    const prio = priority === 0 ? 120 : 99 - priority;
    const pid = THREADS_PID + TIMERS_PER_CPU * this.pcpu.execution.vcpuId + slot;
    this.threads.push({ comm: 'cyclictest', pid, prio });
  }

  wakeup(slot: number): void {
    this.pcpu.execution.needResched = true;
    traceWakeup(this.pcpu, this.threads[slot - 1]);
  }

  switchTo(slot: number): void {
    switchTask(this.pcpu, this.threads[slot - 1], false);
  }

  switchToIdle(): void {
    switchTask(this.pcpu, this.pcpu.execution.idle, false);
  }

  private timer(slot: number): { hrtimer: number; function: string } {
    const name = slot === 0 ? 'tick_sched_timer' : 'hrtimer_wakeup';
    return { hrtimer: TIMERS_PER_CPU * this.pcpu.execution.vcpuId + slot, function: name };
  }
}
