import type { CyclictestLane, Drive } from '../machine/cyclictest-lane.ts';
import type { ChainPlan } from './chain-plan.ts';
import type { StudyPlan } from './chains/study.ts';
import { compile, type Plan } from './compile.ts';
import { ObjectGraph } from './graph.ts';
import { type Lessons, noLessons } from './heap.ts';
import { Program } from './program.ts';
import type { ChainsData, ProgramData } from './program-data.ts';
import { ModelSource } from './source.ts';
import { methodsUsed } from './usage.ts';
import { unoptimized } from './v8-flags.ts';
import { Unsupported } from './values.ts';

/** Loops that show which methods a machine uses. */
const WARM_UP_LOOPS = 100;
/** Classes that are compiled whole: what the host does once in a second or less, the first loops do not show. */
const WHOLE = ['HostKernel', 'HostTimers', 'CostModel', 'NoiseArrivals', 'RandomStream'];
/** Programs that wait for another machine of their kind. */
const MOST_IDLE = 16;
/** Fields that differ between machines of one run, whose parts begin at different times. */
const DIFFERENT = ['CyclictestThread.goal', 'CostModel.housekeepingPhaseCycles'];

/**
 * Compiled once for all stages: a version for each would save instructions, but it takes twice as long to compile, and
 * the code of all of them hardly fits into the CPU's caches.
 */
const GENERAL = ['Pcpu.spend', 'GuestMode.run', 'NativeCpu.run'];

/** A run tells its progress from the samples; an observer comes to a CPU. */
const VISIBLE = ['LatencyRecorder', 'Pcpu'];

/** Stages remember the table of their last age; entries of the flight recorder mean nothing once it is empty. */
const CHAINS: ChainPlan = {
  memo: { method: 'ColdLines.tableFor', of: 'StageCost', from: 'youngest', below: 'oldest' },
  logs: [{ of: 'PathRecorder', length: 'length', elements: ['stages', 'ends'] }],
  amounts: ['TablePool.cycles'],
};
const PLAN: Plan = { method: 'advance', general: new Set(GENERAL), visible: VISIBLE, chains: CHAINS };

/** What some fields will hold besides what they hold now: the compiler would find out in a second attempt. */
function teachChoices({ choices }: Lessons, { kernel, lane: { pcpu }, threads }: CyclictestLane): void {
  const { vcpu, idle, kworker, softirqd } = pcpu.execution;
  choices.set(kernel, new Map([['current', new Set<unknown>([null, ...threads])]]));
  choices.set(pcpu.execution, new Map([['task', new Set<unknown>([vcpu, idle, kworker, softirqd])]]));
}

/** Runs lanes by code that is compiled at first sight; what is compiled for one serves all that are built alike. */
export class Driver {
  private readonly model = ModelSource.read();
  private readonly idle: Program[] = [];
  private readonly running = new Map<CyclictestLane, Program>();
  /** Lanes for the model: those that cannot be compiled, and those at their end, of which it only says so. */
  private readonly beyond = new WeakSet<CyclictestLane>();
  private expectedTurns = 0;
  /** Chains that have been handed on, or come from elsewhere. */
  private readonly shared = new WeakSet<ChainsData>();

  constructor(private readonly studyPlan?: StudyPlan) {}

  /** Tells how many loops of a thread this driver will run, as far as is known. */
  expect(loops: number): void {
    this.expectedTurns = loops;
  }

  readonly drive: Drive = (lane, samples) => {
    const program = lane.lane.pcpu.observer === null ? this.programOf(lane) : null;
    if (program === null) {
      this.release(lane);
      return lane.advance(samples);
    }
    // With one thread a turn is a sample; with more of them it may be two.
    const goesOn = program.run(samples, lane.threads.length === 1 ? this.expectedTurns : null);
    if (!goesOn) {
      this.release(lane);
      lane.lane.pcpu.costs.returnFromCompiler();
      this.beyond.add(lane);
    }
    return goesOn;
  };

  /** Compiles ahead what a lane needs. Null where the compiler cannot express what it does: the model runs it. */
  prepare(lane: CyclictestLane): ProgramData | null {
    return this.programOf(lane)?.data ?? null;
  }

  /** Reads what it needs to know of a lane's classes, for a thread that waits for what another one compiles. */
  study(lane: CyclictestLane): void {
    new ObjectGraph(lane, this.model);
  }

  /** Takes over what another thread has compiled. */
  learn(data: ProgramData): void {
    const program = new Program(data, this.model);
    if (data.chains !== null) this.shared.add(data.chains);
    this.keep(program);
  }

  /** Programs that have got chains since it was asked last, and run no machine at the moment. */
  newlyChained(): ProgramData[] {
    const all = this.idle.map(({ data }) => data);
    const made = all.filter(({ chains }) => chains !== null && !this.shared.has(chains));
    for (const { chains } of made) this.shared.add(chains!);
    return made;
  }

  private programOf(lane: CyclictestLane): Program | null {
    return this.running.get(lane) ?? (this.beyond.has(lane) ? null : this.take(lane));
  }

  private take(lane: CyclictestLane): Program | null {
    try {
      const program = this.programFor(lane);
      this.running.set(lane, program);
      return program;
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error;
      this.beyond.add(lane);
      return null;
    }
  }

  private release(lane: CyclictestLane): void {
    const program = this.running.get(lane);
    if (program === undefined) return;
    program.detach();
    this.running.delete(lane);
    this.keep(program);
  }

  private programFor(lane: CyclictestLane): Program {
    lane.lane.pcpu.costs.prepareForCompiler();
    const graph = new ObjectGraph(lane, this.model);
    const found = this.idle.findIndex((program) => program.attach(graph));
    if (found !== -1) return this.idle.splice(found, 1)[0];
    return unoptimized(() => this.compile(lane, this.watch(lane)));
  }

  private compile(lane: CyclictestLane, used: ReadonlySet<string>): Program {
    const graph = new ObjectGraph(lane, this.model);
    const whole = [...graph.modelClasses()].filter(({ name }) => WHOLE.includes(name));
    const lessons = noLessons([...used, ...whole.flatMap((one) => one.methodNames())], DIFFERENT);
    teachChoices(lessons, lane);
    const { data, source } = compile(graph, this.model, lessons, PLAN);
    const program = new Program(data, this.model, source, this.studyPlan);
    program.attach(graph);
    return program;
  }

  /** The latest come first; the others are for machines that may not come again. */
  private keep(program: Program): void {
    this.idle.unshift(program);
    this.idle.length = Math.min(this.idle.length, MOST_IDLE);
  }

  private watch(lane: CyclictestLane): ReadonlySet<string> {
    return methodsUsed(new ObjectGraph(lane, this.model), () => lane.advance(WARM_UP_LOOPS));
  }
}
