import { Agenda, NEVER } from '../simulation/agenda.ts';
import type { Cycles } from '../time.ts';
import type { CostModel } from './costs/cost-model.ts';
import { STAGE_NAMES, Stage, type StageId } from './costs/stages.ts';
import type { Execution } from './execution.ts';
import type { NoiseArrivals } from './host/noise.ts';
import { PathRecorder } from './path-recorder.ts';
import type { Observer } from './trace.ts';

/** What may interrupt a physical CPU; the order decides between two at the same cycle. */
export const Source = {
  smi: 0,
  /** The host LAPIC's TSC-deadline timer. */
  hostTimer: 1,
  /** The VMX preemption timer; armed only in guest mode. */
  preemptionTimer: 2,
  /** A posted-interrupt notification from another CPU. */
  postedInterrupt: 3,
  ipi: 4,
  kworker: 5,
  competitor: 6,
  migration: 7,
  /** Bare metal: the LAPIC timer that the only kernel there programs. */
  nativeTimer: 8,
  guestSoftirq: 9,
  guestIrqsOff: 10,
} as const;
const SOURCES = 11;

/**
 * One physical CPU and its clock. Everything that happens on it happens in order: code spends cycles stage by stage,
 * and what comes from outside waits in the agenda until the CPU looks.
 *
 * Nobody has to know the time between two stages. So a stage is only noted when it begins, and how long it and those
 * before it took is drawn in one go when somebody asks what time it is.
 */
export class Pcpu {
  readonly agenda = new Agenda(SOURCES);
  readonly recorder = new PathRecorder();
  /** Host TSC at the end of the last stage whose length is known. */
  private clock: Cycles = 0;
  /** `now` is no later than this. */
  private latest: Cycles = 0;
  private readonly mostCycles: Float64Array;
  private watcher: Observer | null = null;

  constructor(
    readonly costs: CostModel,
    private readonly smi: NoiseArrivals | null,
    readonly execution: Execution,
  ) {
    this.mostCycles = Float64Array.from(STAGE_NAMES, (_, stage) => costs.mostCycles(stage));
    if (smi !== null) this.agenda.schedule(Source.smi, smi.next(0));
  }

  /** Host TSC. */
  get now(): Cycles {
    if (this.recorder.undrawn > 0) this.drawAll();
    return this.clock;
  }

  /** Whether it is `time` or later. */
  hasReached(time: Cycles): boolean {
    return time <= this.latest && time <= this.now;
  }

  /** Null while nobody watches. */
  get observer(): Observer | null {
    return this.watcher;
  }

  set observer(observer: Observer | null) {
    if (this.recorder.undrawn > 0) this.drawAll();
    this.watcher = observer;
  }

  /** Runs a stage whole; only an SMI can stop it. */
  spend(stage: StageId): void {
    this.recorder.begin(stage);
    this.latest += this.mostCycles[stage];
    if (this.watcher !== null) this.drawAll();
  }

  /** Whether nothing can come in between if the stage runs now. */
  runsUndisturbed(stage: StageId): boolean {
    return this.latest + this.mostCycles[stage] < this.agenda.earliest;
  }

  /** Time passes until `end` in a stage. */
  passTo(stage: StageId, end: Cycles): void {
    if (this.recorder.undrawn > 0) this.drawAll();
    this.recorder.record(stage, end);
    this.arrive(stage, end);
  }

  /** Waits for whatever comes next. */
  passToNextEvent(stage: StageId): void {
    const { earliest } = this.agenda;
    if (earliest === NEVER) throw new Error('the CPU waits for an event that never comes');
    this.passTo(stage, Math.max(this.now, earliest));
  }

  /** Draws the stages that wait for it, in their order; an SMI comes after the one that it meets. */
  private drawAll(): void {
    const { recorder, agenda } = this;
    while (recorder.undrawn > 0) {
      const end = recorder.draw(this.costs, this.clock, agenda.timeOf(Source.smi));
      this.arrive(recorder.lastDrawn, end);
    }
  }

  private arrive(stage: StageId, end: Cycles): void {
    this.clock = end;
    this.latest = end;
    if (this.watcher !== null) this.watcher.stage(stage, end);
    if (this.agenda.earliest <= end && this.agenda.timeOf(Source.smi) <= end) this.serveSmi();
  }

  /** A system management interrupt: nobody sees it, everybody loses the time. */
  private serveSmi(): void {
    const smi = this.smi!;
    this.agenda.cancel(Source.smi);
    const end = this.clock + smi.duration();
    this.recorder.record(Stage['hardware.smi'], end);
    this.arrive(Stage['hardware.smi'], end);
    this.agenda.schedule(Source.smi, smi.next(this.clock));
  }
}
