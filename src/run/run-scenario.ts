import type { CostProfile } from '../machine/costs/profile.ts';
import type { ResultDocument } from '../measurement/result-document.ts';
import type { Scenario } from '../scenario/schema.ts';

/** What a run needs and nothing else: two equal inputs give two equal documents, byte for byte. */
export interface RunInput {
  readonly scenario: Scenario;
  readonly profile: CostProfile;
  /** Warnings of the resolution, copied into the document. */
  readonly warnings?: readonly string[];
}

export interface RunHooks {
  /** Asked every few thousand loops; true ends the run, whose document is then marked partial. */
  readonly shouldStop?: () => boolean;
  readonly onProgress?: (loopsDone: number, loopsTotal: number) => void;
}

/** Runs one scenario in this thread and returns its result document. */
export function runScenario(_input: RunInput, _hooks: RunHooks = {}): ResultDocument {
  throw new Error('the engine is being built');
}
