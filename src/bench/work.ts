import { type Run, startRun } from '../machine/machine.ts';
import type { Tracer } from '../machine/trace.ts';
import type { LoadedScenario } from '../scenario/load.ts';
import { machineConfig } from '../scenario/machine-config.ts';
import { workloadConfig } from '../scenario/workload-config.ts';
import { RandomStream } from '../simulation/random.ts';
import { type CaseName, loadCase } from './cases.ts';

/** What one loop of a scenario makes the engine do, on average. */
export interface WorkPerLoop {
  /** Stages that end: the events of this simulator. */
  readonly stages: number;
  readonly draws: number;
}

/** Loops that are enough to know the mean work of one. */
const COUNTED_LOOPS = 2000;

export async function countCase(name: CaseName): Promise<WorkPerLoop> {
  return countWork(await loadCase(name, COUNTED_LOOPS));
}

/** Counts the work of a whole run by watching it. The process is slower from then on: V8 inlines less. */
export function countWork({ scenario, profile }: LoadedScenario): WorkPerLoop {
  let stages = 0;
  const watch = { event: () => {}, stage: () => stages++ };
  const tracer: Tracer = { observe: () => watch };
  const { result: run, draws } = countDraws(() => {
    const started = startRun(machineConfig(scenario, profile), workloadConfig(scenario), tracer);
    while (started.advance(started.total));
    return started;
  });
  return { stages: stages / loopsOf(run), draws: draws / loopsOf(run) };
}

function loopsOf(run: Run): number {
  return run.done / run.results.length;
}

/** Random numbers drawn while `work` runs. */
function countDraws<T>(work: () => T): { result: T; draws: number } {
  const { next } = RandomStream.prototype;
  let draws = 0;
  RandomStream.prototype.next = function (this: RandomStream) {
    draws++;
    return next.call(this);
  };
  try {
    const result = work();
    return { result, draws };
  } finally {
    RandomStream.prototype.next = next;
  }
}
