import type { Cycles, Nanoseconds } from '../time.ts';
import type { StageId } from './costs/stages.ts';
import type { Execution } from './execution.ts';
import type { LatencyRecorder } from './latency-recorder.ts';
import type { Observer, TraceFields, TracePoint, Tracer } from './trace.ts';

/** One event with the columns that stand before its text. */
export interface TraceEvent {
  /** Host TSC. */
  readonly tsc: Cycles;
  readonly lane: number;
  readonly point: TracePoint;
  readonly fields: TraceFields;
  readonly cpu: number;
  readonly comm: string;
  readonly pid: number;
  readonly flags: TraceFlags;
}

/** What the flags column tells of the moment of an event. */
export interface TraceFlags {
  readonly irqsOff: boolean;
  readonly needResched: boolean;
  readonly hardirq: boolean;
  readonly softirq: boolean;
  readonly preemptDepth: number;
}

/** One stage that a CPU was in. */
export interface TraceSlice {
  readonly stage: StageId;
  readonly lane: number;
  readonly begin: Cycles;
  readonly end: Cycles;
}

/** One measurement of a thread: from its deadline to its reading of the clock. */
export interface TraceSample {
  readonly series: LatencyRecorder;
  /** Its number in the series, from 0. */
  readonly cycle: number;
  readonly lane: number;
  readonly begin: Cycles;
  readonly end: Cycles;
  readonly latencyNs: Nanoseconds;
}

/** The idle thread as `trace` names it; the scheduler's own name for it is swapper/N. */
const IDLE_COMM = '<idle>';
/** Locks held where a tracepoint stands: each raises the preemption depth, and interrupts are off under it. */
const LOCKS: Partial<Record<TracePoint, number>> = {
  hrtimer_start: 1,
  hrtimer_cancel: 1,
  sched_switch: 2,
  sched_wakeup: 2,
};

/** Keeps everything that a machine tells while it is watched. */
export class TraceCollector implements Tracer {
  readonly slices: TraceSlice[] = [];
  readonly samples: TraceSample[] = [];
  private readonly recorded: TraceEvent[] = [];

  /** `wanted`: tracepoints to keep; null for all. */
  constructor(private readonly wanted: ReadonlySet<TracePoint> | null = null) {}

  /** In the order of the host TSC: lanes have clocks of their own and are merged by time. */
  get events(): readonly TraceEvent[] {
    return this.recorded.toSorted((one, other) => one.tsc - other.tsc);
  }

  /** Events, slices and samples kept so far. */
  get size(): number {
    return this.recorded.length + this.slices.length + this.samples.length;
  }

  observe(lane: number, execution: Execution): Observer {
    let begin: Cycles | null = null;
    return {
      event: (tsc, point, fields) => {
        if (this.wanted === null || this.wanted.has(point))
          this.recorded.push({ tsc, lane, point, fields, ...columns(point, execution) });
      },
      stage: (stage, end) => {
        if (begin !== null && end > begin) this.slices.push({ stage, lane, begin, end });
        begin = end;
      },
      sample: (series, deadline, latencyNs) => {
        const cycle = series.samples;
        this.samples.push({ series, cycle, lane, begin: deadline, end: begin ?? deadline, latencyNs });
      },
    };
  }
}

function columns(point: TracePoint, execution: Execution) {
  const { task, idle, cpu, countsPreemption, hardirq, softirq, needResched } = execution;
  const locks = LOCKS[point] ?? 0;
  const lockDepth = point === 'sched_switch' && task === idle ? locks - 1 : locks;
  return {
    cpu,
    comm: task === idle ? IDLE_COMM : task.comm,
    pid: task.pid,
    flags: {
      irqsOff: execution.irqsOff || locks > 0,
      needResched,
      hardirq,
      softirq,
      preemptDepth: countsPreemption ? execution.preemptDepth + lockDepth : 0,
    },
  };
}
