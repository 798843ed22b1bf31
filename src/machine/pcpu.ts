import { Agenda, NEVER } from '../simulation/agenda.ts';
import type { Cycles } from '../time.ts';
import type { CostModel } from './costs/cost-model.ts';
import { Stage, type StageId } from './costs/stages.ts';
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
 */
export class Pcpu {
  /** Host TSC. */
  now: Cycles = 0;
  readonly agenda = new Agenda(SOURCES);
  readonly recorder = new PathRecorder();
  /** Null while nobody watches. */
  observer: Observer | null = null;

  constructor(
    readonly costs: CostModel,
    private readonly smi: NoiseArrivals | null,
    readonly execution: Execution,
  ) {
    if (smi !== null) this.agenda.schedule(Source.smi, smi.next(0));
  }

  /** Runs a stage whole; only an SMI can stop it. */
  spend(stage: StageId): void {
    this.passTo(stage, this.now + this.costs.draw(stage, this.now));
  }

  /** Time passes until `end` in a stage. */
  passTo(stage: StageId, end: Cycles): void {
    this.passUndisturbed(stage, end);
    if (this.agenda.earliest <= end && this.agenda.timeOf(Source.smi) <= end) this.serveSmi();
  }

  /** As `passTo`, where nothing is due until then. */
  passUndisturbed(stage: StageId, end: Cycles): void {
    this.now = end;
    this.recorder.record(stage, end);
    if (this.observer !== null) this.observer.stage(stage, end);
  }

  /** Waits for whatever comes next. */
  passToNextEvent(stage: StageId): void {
    const { earliest } = this.agenda;
    if (earliest === NEVER) throw new Error('the CPU waits for an event that never comes');
    this.passTo(stage, Math.max(this.now, earliest));
  }

  /** A system management interrupt: nobody sees it, everybody loses the time. */
  private serveSmi(): void {
    const smi = this.smi!;
    this.agenda.cancel(Source.smi);
    this.passTo(Stage['hardware.smi'], this.now + smi.duration());
    this.agenda.schedule(Source.smi, smi.next(this.now));
  }
}
