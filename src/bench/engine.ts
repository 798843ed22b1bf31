import { createHash } from 'node:crypto';
import { serializeResult } from '../measurement/serialize.ts';
import { runScenario } from '../run/run-at-once.ts';
import type { LoadedScenario } from '../scenario/load.ts';

export interface EngineTiming {
  /** CPU time of this process for one loop of one thread, in ns. */
  readonly nsPerLoop: number;
  /** Beginning of the SHA-256 of the result document: the same on every machine. */
  readonly hash: string;
}

/** Runs a scenario once; CPU time, since other processes must not count. */
export function timeEngine(scenario: LoadedScenario): EngineTiming {
  const before = process.cpuUsage();
  const document = runScenario(scenario);
  const { user, system } = process.cpuUsage(before);
  const loops = document.measurements.reduce((sum, { samples }) => sum + (samples ?? 0), 0);
  const hash = createHash('sha256').update(serializeResult(document)).digest('hex').slice(0, 16);
  return { nsPerLoop: ((user + system) * 1000) / loops, hash };
}

/** Begins a run, and leaves it after so many loops. */
export function warmUp(scenario: LoadedScenario, loops: number): void {
  let done = 0;
  runScenario(scenario, {
    onProgress: (loopsDone) => {
      done = loopsDone;
    },
    shouldStop: () => done >= loops,
  });
}
