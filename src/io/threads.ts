import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';

/** Worker threads, as many as the machine runs at once by default; `workerFile` exports what they do. */
export function createThreads(workerFile: URL, threads: number = availableParallelism()): Piscina {
  return new Piscina({
    filename: workerFile.href,
    minThreads: threads,
    maxThreads: threads,
    // Waiting on Atomics.wait() would keep an idle thread from noticing the end of the pool.
    atomics: 'disabled',
    // A run leaves little garbage: a larger nursery would only let the process grow.
    resourceLimits: { maxYoungGenerationSizeMb: 6 },
  });
}
