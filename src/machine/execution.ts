/** A thread of the host kernel, as its scheduler names it. */
export interface Task {
  /** At most 15 characters. */
  readonly comm: string;
  readonly pid: number;
  /** Kernel priority: 120 for SCHED_OTHER at nice 0, 99 less the priority for SCHED_FIFO. */
  readonly prio: number;
}

interface ExecutionState {
  cpu: number;
  task: Task;
  irqsOff: boolean;
  hardirq: boolean;
  preemptDepth: number;
  needResched: boolean;
}

/** First pids of the threads of this host: assumed, the engine numbers no processes. */
const VCPU_PID = 2001;
const OTHERS_PID = 3001;

/**
 * What a physical CPU is doing, as the columns of a trace line tell it: whose thread runs, and what is held off. The
 * engine keeps it up to date where the kernel disables preemption or interrupts; nothing in a run depends on it.
 */
export class Execution {
  readonly vcpu: Task;
  readonly idle: Task;
  readonly kworker: Task;
  readonly softirqd: Task;
  task: Task;
  irqsOff = false;
  hardirq = false;
  softirq = false;
  /** TIF_NEED_RESCHED of the running thread. */
  needResched = false;
  preemptDepth = 0;
  readonly vcpuId: number;
  /** The state of this CPU while something happens elsewhere. */
  private readonly here: ExecutionState;

  /**
   * `countsPreemption`: the kernel is built with CONFIG_PREEMPT_COUNT; without, the preempt-depth column stays empty.
   * `fifoPriority`: of the vCPU thread, 0 for SCHED_OTHER.
   */
  constructor(
    /** Number of the physical CPU; its vCPU has the same. */
    public cpu: number,
    fifoPriority: number,
    readonly countsPreemption: boolean,
  ) {
    this.vcpuId = cpu;
    this.vcpu = { comm: `CPU ${cpu}/KVM`, pid: VCPU_PID + cpu, prio: kernelPriority(fifoPriority) };
    this.idle = { comm: `swapper/${cpu}`, pid: 0, prio: 120 };
    this.kworker = { comm: `kworker/${cpu}:1`, pid: OTHERS_PID + 100 + cpu, prio: 120 };
    this.softirqd = { comm: `ksoftirqd/${cpu}`, pid: OTHERS_PID + 200 + cpu, prio: 120 };
    this.task = this.vcpu;
    this.here = { cpu, task: this.vcpu, irqsOff: false, hardirq: false, preemptDepth: 0, needResched: false };
  }

  /** Another thread of the host that competes for this CPU. */
  competitor(name: string, fifoPriority: number, index: number): Task {
    const pid = OTHERS_PID + 300 + 8 * this.cpu + index;
    return { comm: name.slice(0, 15), pid, prio: kernelPriority(fifoPriority) };
  }

  /** What follows happens in an interrupt of another CPU's idle thread, until `comeBack`. */
  goElsewhere(cpu: number): void {
    this.here.cpu = this.cpu;
    this.here.task = this.task;
    this.here.irqsOff = this.irqsOff;
    this.here.hardirq = this.hardirq;
    this.here.preemptDepth = this.preemptDepth;
    this.here.needResched = this.needResched;
    this.cpu = cpu;
    this.task = this.idle;
    this.irqsOff = true;
    this.hardirq = true;
    this.preemptDepth = 1;
    this.needResched = false;
  }

  comeBack(): void {
    this.cpu = this.here.cpu;
    this.task = this.here.task;
    this.irqsOff = this.here.irqsOff;
    this.hardirq = this.here.hardirq;
    this.preemptDepth = this.here.preemptDepth;
    this.needResched = this.here.needResched;
  }

  /** The idle thread runs with preemption disabled, all others with it enabled. */
  get inIdle(): boolean {
    return this.task === this.idle;
  }
}

function kernelPriority(fifoPriority: number): number {
  return fifoPriority === 0 ? 120 : 99 - fifoPriority;
}
