import type { Piscina } from 'piscina';
import { createThreads } from '../../io/threads.ts';
import type { Batch, BatchOutcome } from './batch.ts';
import type { Assignment, Executor } from './executor.ts';

export interface PoolOptions {
  /** Threads; as many as the machine runs at once by default. */
  readonly threads?: number;
  /** Module whose default export runs a batch. */
  readonly workerFile?: URL;
}

/** A batch is to take about this long: short enough for progress, long enough to make its hand-over cheap. */
const TARGET_BATCH_MS = 200;
const MAX_BATCH = 500;
/** After the grace that points under way are given, threads that still run are ended. */
const STOP_WITHIN_MS = 1900;

export const POINT_WORKER = new URL('./point-worker.js', import.meta.url);

/** Runs points on worker threads of this process. */
export function poolExecutor(options: PoolOptions = {}): Executor {
  return { run: (assignment) => runOnThreads(assignment, options) };
}

async function runOnThreads(assignment: Assignment, options: PoolOptions): Promise<void> {
  const pool = createThreads(options.workerFile ?? POINT_WORKER, options.threads);
  // A second batch waits beside each running one: no thread idles while the next is being made.
  const slots = 2 * pool.maxThreads;
  const flags = new Int32Array(new SharedArrayBuffer(4 * (1 + slots)));
  const stop = stopper(assignment.signal, flags, pool);
  const progress = setInterval(() => assignment.onProgress?.(underWay(flags)), 100);
  const pace = new Pace();
  let failed = false;
  const lane = async (slot: number) => {
    for (;;) {
      const points = failed || assignment.signal.aborted ? [] : take(assignment.work, pace.batchSize);
      if (points.length === 0) return;
      const { plan } = assignment;
      const batch: Batch = {
        planHash: plan.hash,
        definition: plan.definition,
        points,
        control: { flags, slot },
      };
      const { finished, elapsedMs }: BatchOutcome = await pool.run(batch);
      pace.observe(finished.length, elapsedMs);
      Atomics.store(flags, slot, 0);
      if (finished.length > 0) assignment.onFinished(finished);
    }
  };
  try {
    await Promise.all(
      Array.from({ length: slots }, (_, index) =>
        lane(index + 1).catch((error) => {
          failed = true;
          throw error;
        }),
      ),
    );
  } catch (error) {
    if (!stop.ended()) throw error;
  } finally {
    clearInterval(progress);
    stop.dispose();
    await pool.destroy();
  }
}

/** Sizes batches by how long points have taken. */
class Pace {
  #msPerPoint = Number.POSITIVE_INFINITY;

  get batchSize(): number {
    return Math.max(1, Math.min(MAX_BATCH, Math.floor(TARGET_BATCH_MS / this.#msPerPoint)));
  }

  observe(points: number, elapsedMs: number): void {
    if (points === 0) return;
    const ms = Math.max(0.01, elapsedMs / points);
    this.#msPerPoint = this.#msPerPoint === Number.POSITIVE_INFINITY ? ms : 0.7 * this.#msPerPoint + 0.3 * ms;
  }
}

function stopper(signal: AbortSignal, flags: Int32Array, pool: Piscina) {
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  const onAbort = () => {
    Atomics.store(flags, 0, 1);
    timer = setTimeout(() => {
      ended = true;
      void pool.destroy();
    }, STOP_WITHIN_MS);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  return {
    ended: () => ended,
    dispose: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    },
  };
}

function take(work: Iterator<number>, limit: number): number[] {
  const points: number[] = [];
  while (points.length < limit) {
    const next = work.next();
    if (next.done) break;
    points.push(next.value);
  }
  return points;
}

function underWay(flags: Int32Array): number {
  return flags.subarray(1).reduce((sum, thousandths) => sum + thousandths, 0) / 1000;
}
