import { createThreads } from '../io/threads.ts';
import type { RunTrial } from './trial.ts';

/** Runs trials side by side on all cores while `work` asks for them: their results do not depend on each other. */
export async function withTrialThreads<T>(work: (run: RunTrial) => Promise<T>): Promise<T> {
  const threads = createThreads(new URL('./trial-worker.js', import.meta.url));
  try {
    return await work((trial) => threads.run(trial));
  } finally {
    await threads.destroy();
  }
}
