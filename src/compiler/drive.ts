import type { CyclictestLane, Drive } from '../machine/cyclictest-lane.ts';
import { ObjectGraph } from './graph.ts';
import { type Lessons, noLessons } from './heap.ts';
import { Program } from './program.ts';
import { ModelSource } from './source.ts';
import { methodsUsed } from './usage.ts';

/** Loops that show which methods a machine uses. */
const WARM_UP_LOOPS = 400;
/** Fields that differ between machines of one run: parts of it begin at different times and go on for different loops. */
const DIFFERENT = ['CyclictestThread.goal', 'CostModel.housekeepingPhaseCycles'];

let source: ModelSource | null = null;

/** Lanes whose code is compiled at first sight; what is compiled for one serves all that are built alike. */
export function compiledDrive(): Drive {
  source ??= ModelSource.read();
  const driver = new Driver(source);
  return (lane, samples) => driver.advance(lane, samples);
}

class Driver {
  private readonly idle: Program[] = [];
  private readonly running = new Map<CyclictestLane, Program>();
  private lessons: Lessons | null = null;

  constructor(private readonly model: ModelSource) {}

  advance(lane: CyclictestLane, samples: number): boolean {
    if (lane.lane.pcpu.observer !== null) {
      this.release(lane);
      return lane.advance(samples);
    }
    const program = this.running.get(lane) ?? this.take(lane);
    const goesOn = program.run(samples) === 1;
    if (!goesOn) this.release(lane);
    return goesOn;
  }

  private take(lane: CyclictestLane): Program {
    const program = this.programFor(lane);
    this.running.set(lane, program);
    return program;
  }

  private release(lane: CyclictestLane): void {
    const program = this.running.get(lane);
    if (program === undefined) return;
    program.detach();
    this.running.delete(lane);
    this.idle.push(program);
  }

  private programFor(lane: CyclictestLane): Program {
    this.lessons ??= noLessons(this.watch(lane), DIFFERENT);
    lane.lane.pcpu.costs.prepareForCompiler();
    const graph = new ObjectGraph(lane, this.model);
    const found = this.idle.findIndex((program) => program.attach(graph));
    if (found !== -1) return this.idle.splice(found, 1)[0];
    const program = Program.compile(graph, this.model, this.lessons, 'advance');
    program.attach(graph);
    return program;
  }

  private watch(lane: CyclictestLane): ReadonlySet<string> {
    return methodsUsed(new ObjectGraph(lane, this.model), () => lane.advance(WARM_UP_LOOPS));
  }
}
