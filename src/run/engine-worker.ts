import { parentPort, workerData } from 'node:worker_threads';
import { UserError } from '../user-error.ts';
import { type EngineOutcome, PROGRESS_STEPS, STATE } from './engine-thread.ts';
import { type RunInput, runScenario } from './run-scenario.ts';

/** Runs each scenario that is posted and posts its outcome. Errors travel as data: cloning would lose their fields. */
const state = new Int32Array(workerData as SharedArrayBuffer);

function outcomeOf(input: RunInput): EngineOutcome {
  try {
    const document = runScenario(input, {
      shouldStop: () => Atomics.load(state, STATE.stop) === 1,
      onProgress: (done, total) =>
        Atomics.store(state, STATE.progress, Math.floor((done / total) * PROGRESS_STEPS)),
    });
    return { kind: 'document', document };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { kind: 'user-error', code: error.code, problems: error.problems, exitCode: error.exitCode };
  }
}

parentPort!.on('message', (input: RunInput) => parentPort!.postMessage(outcomeOf(input)));
