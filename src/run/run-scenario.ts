import type { CostProfile } from '../machine/costs/profile.ts';
import type { Drive } from '../machine/cyclictest-lane.ts';
import { startRun } from '../machine/machine.ts';
import type { ResultDocument } from '../measurement/result-document.ts';
import { machineConfig } from '../scenario/machine-config.ts';
import type { ResolvedScenario } from '../scenario/presets.ts';
import type { Diagnostic } from '../scenario/resolve.ts';
import { workloadConfig } from '../scenario/workload-config.ts';
import { driveFor } from './drive.ts';
import { resultDocument } from './result.ts';

/** What a run needs, such as a loaded scenario, and nothing else: equal inputs give equal documents, byte for byte. */
export interface RunInput {
  readonly scenario: ResolvedScenario;
  readonly profile: CostProfile;
  /** Warnings of the resolution: the document repeats their texts. */
  readonly warnings?: readonly Diagnostic[];
}

export interface RunHooks {
  /** Asked every few thousand loops; true ends the run, whose document is then marked partial. */
  readonly shouldStop?: () => boolean;
  readonly onProgress?: (loopsDone: number, loopsTotal: number) => void;
}

/** Samples between two looks at the hooks: a few milliseconds. */
const SAMPLES_PER_PIECE = 8192;

/** Runs one scenario; signals, timers and other work of this thread get their turn every few milliseconds. */
export async function runScenarioAside(input: RunInput, hooks: RunHooks = {}): Promise<ResultDocument> {
  const steps = runInSteps(input, hooks, await driveFor(workloadConfig(input.scenario)));
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A run that pauses every few thousand loops. */
export function* runInSteps(
  input: RunInput,
  { shouldStop, onProgress }: RunHooks,
  drive: Drive,
): Generator<void, ResultDocument> {
  const { scenario, profile } = input;
  const run = startRun(machineConfig(scenario, profile), workloadConfig(scenario), null, drive);
  let stopped = false;
  while (!stopped && run.advance(SAMPLES_PER_PIECE)) {
    onProgress?.(run.done, run.total);
    yield;
    stopped = shouldStop?.() === true;
  }
  if (!stopped) onProgress?.(run.total, run.total);
  return resultDocument(input, run, stopped);
}
