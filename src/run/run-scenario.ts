import type { CostProfile } from '../machine/costs/profile.ts';
import { type Run, startRun } from '../machine/machine.ts';
import type { ResultDocument } from '../measurement/result-document.ts';
import { machineConfig } from '../scenario/machine-config.ts';
import type { ResolvedScenario } from '../scenario/presets.ts';
import { workloadConfig } from '../scenario/workload-config.ts';
import { resultDocument } from './result.ts';

/** What a run needs and nothing else: two equal inputs give two equal documents, byte for byte. */
export interface RunInput {
  readonly scenario: ResolvedScenario;
  readonly profile: CostProfile;
  /** Warnings of the resolution, copied into the document. */
  readonly warnings?: readonly string[];
}

export interface RunHooks {
  /** Asked every few thousand loops; true ends the run, whose document is then marked partial. */
  readonly shouldStop?: () => boolean;
  readonly onProgress?: (loopsDone: number, loopsTotal: number) => void;
}

/** Samples between two looks at the hooks: a few milliseconds. */
const SAMPLES_PER_PIECE = 8192;

/** Runs one scenario in this thread and returns its result document. */
export function runScenario(input: RunInput, hooks: RunHooks = {}): ResultDocument {
  const { scenario, profile } = input;
  const run = startRun(machineConfig(scenario, profile), workloadConfig(scenario));
  const complete = runToEnd(run, hooks);
  return resultDocument(input, run.results, !complete);
}

function runToEnd(run: Run, { shouldStop, onProgress }: RunHooks): boolean {
  while (run.advance(SAMPLES_PER_PIECE)) {
    onProgress?.(run.done, run.total);
    if (shouldStop?.() === true) return false;
  }
  onProgress?.(run.total, run.total);
  return true;
}
