import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { ResultDocument } from '../measurement/result-document.ts';
import { type ExitCode, type Problem, UserError } from '../user-error.ts';
import type { RunInput } from './run-scenario.ts';

/** Places of the shared words between this thread and the engine's. */
export const STATE = { stop: 0, progress: 1, length: 2 } as const;
export const PROGRESS_STEPS = 1000;

export type EngineOutcome =
  | { readonly kind: 'document'; readonly document: ResultDocument }
  | {
      readonly kind: 'user-error';
      readonly code: string;
      readonly problems: readonly Problem[];
      readonly exitCode: ExitCode;
    };

/**
 * The engine in a thread of its own. It computes without a pause, in which no signal would be noticed and no progress
 * drawn; so this thread stays free. Its start overlaps with loading scenarios when it is created first.
 */
export class EngineThread {
  readonly #state = new Int32Array(new SharedArrayBuffer(STATE.length * Int32Array.BYTES_PER_ELEMENT));
  readonly #worker = new Worker(new URL('./engine-worker.js', import.meta.url), {
    workerData: this.#state.buffer,
  });

  /** Runs one scenario; one at a time. Throws what `runScenario` throws. */
  async run(input: RunInput): Promise<ResultDocument> {
    Atomics.store(this.#state, STATE.progress, 0);
    this.#worker.postMessage(input);
    const [outcome] = (await once(this.#worker, 'message')) as [EngineOutcome];
    if (outcome.kind === 'document') return outcome.document;
    throw new UserError(outcome.code, outcome.problems, outcome.exitCode);
  }

  /** The run in progress, and every later one, ends within a few thousand loops with a partial document. */
  stop(): void {
    Atomics.store(this.#state, STATE.stop, 1);
  }

  get stopped(): boolean {
    return Atomics.load(this.#state, STATE.stop) === 1;
  }

  /** Share of the run in progress that is done, from 0 to 1. */
  get progress(): number {
    return Atomics.load(this.#state, STATE.progress) / PROGRESS_STEPS;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
