import { type Job, WaitingError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Piscina } from 'piscina';
import { createThreads } from '../../../io/threads.ts';
import { UserError } from '../../../user-error.ts';
import { VERSION } from '../../../version.ts';
import type { FinishedPoint } from '../../journal/line.ts';
import type { SweepDefinition } from '../../plan/plan.ts';
import type { Batch, BatchOutcome } from '../batch.ts';
import { POINT_WORKER, type PoolOptions } from '../pool.ts';
import { type BatchJob, Board, KEY_PREFIX, queueName } from './board.ts';
import { assertReachable, connectLasting, end, type QueueAddress } from './connection.ts';

export interface WorkerOptions extends PoolOptions {
  readonly address: QueueAddress;
  /** Ends when there was nothing to do for so long; never by default. */
  readonly idleSeconds?: number;
  readonly version?: string;
  readonly signal: AbortSignal;
  readonly onNotice?: (text: string) => void;
  /** Called once the queue is open. */
  readonly onReady?: (threads: number) => void;
}

export interface WorkerOutcome {
  readonly batches: number;
  readonly points: number;
}

const LOCK_MS = 10_000;
const STALLED_CHECK_MS = 5000;
const WATCH_MS = 1000;
const VERSION_CHECK_EVERY = 10;
const STOP_WITHIN_MS = 1900;
const CACHED_DEFINITIONS = 8;

/**
 * Takes batches from the queue until `signal` is aborted. The engine runs on threads: the event loop stays free to
 * keep the locks of the batches. Throws a UserError: "queue-unreachable", "queue-refused", or "worker-version" when
 * the sweeps on this queue are of another version of kvmtimer.
 */
export async function runWorker(options: WorkerOptions): Promise<WorkerOutcome> {
  await assertReachable(options.address);
  const redis = connectLasting(options.address, options.onNotice);
  const threads = createThreads(options.workerFile ?? POINT_WORKER, options.threads);
  const station = new Station(redis, threads, options);
  try {
    return await station.work();
  } finally {
    await threads.destroy();
    end(redis);
  }
}

class Station {
  readonly #options: WorkerOptions;
  readonly #version: string;
  readonly #threads: Piscina;
  readonly #redis: Redis;
  readonly #board: Board;
  readonly #flags: Int32Array;
  readonly #freeSlots: number[];
  readonly #definitions = new Map<string, SweepDefinition>();
  #batches = 0;
  #points = 0;
  #running = 0;
  #idleSince = performance.now();

  constructor(redis: Redis, threads: Piscina, options: WorkerOptions) {
    this.#options = options;
    this.#version = options.version ?? VERSION;
    this.#threads = threads;
    this.#redis = redis;
    this.#board = new Board(redis);
    this.#flags = new Int32Array(new SharedArrayBuffer(4 * (1 + threads.maxThreads)));
    this.#freeSlots = Array.from({ length: threads.maxThreads }, (_, index) => index + 1);
  }

  async work(): Promise<WorkerOutcome> {
    await this.#assertVersion();
    const connection = connectLasting(this.#options.address);
    const worker = new Worker<BatchJob, readonly FinishedPoint[]>(
      queueName(this.#version),
      (job, token) => this.#process(job, token),
      {
        connection,
        prefix: KEY_PREFIX,
        concurrency: this.#threads.maxThreads,
        lockDuration: LOCK_MS,
        stalledInterval: STALLED_CHECK_MS,
        // A batch whose workers are killed again and again is still to be done.
        maxStalledCount: 1_000_000,
        runRetryDelay: WATCH_MS,
      },
    );
    worker.on('error', () => {});
    this.#options.onReady?.(this.#threads.maxThreads);
    try {
      await this.#watch();
    } finally {
      Atomics.store(this.#flags, 0, 1);
      await within(STOP_WITHIN_MS, worker.close());
      await within(STOP_WITHIN_MS, worker.close(true));
      end(connection);
    }
    return { batches: this.#batches, points: this.#points };
  }

  async #process(job: Job<BatchJob>, token: string | undefined): Promise<readonly FinishedPoint[]> {
    this.#running++;
    const slot = this.#freeSlots.pop()!;
    try {
      const { plan_hash, points } = job.data;
      const definition = await this.#definition(plan_hash);
      const batch: Batch = { planHash: plan_hash, definition, points, control: { flags: this.#flags, slot } };
      const { finished }: BatchOutcome = await this.#threads.run(batch);
      if (finished.length < points.length) {
        await job.moveToWait(token);
        throw new WaitingError();
      }
      this.#batches++;
      this.#points += finished.length;
      return finished;
    } finally {
      this.#freeSlots.push(slot);
      this.#running--;
      this.#idleSince = performance.now();
    }
  }

  async #definition(planHash: string): Promise<SweepDefinition> {
    const definition = this.#definitions.get(planHash) ?? (await this.#board.definition(planHash));
    if (definition === undefined) throw new Error('the sweep of this batch is no longer known');
    if (definition.kvmtimer_version !== this.#version)
      throw new Error('the batch is of another version of kvmtimer');
    if (this.#definitions.size >= CACHED_DEFINITIONS) this.#definitions.clear();
    this.#definitions.set(planHash, definition);
    return definition;
  }

  /** Resolves when the worker is to end. */
  async #watch(): Promise<void> {
    const { signal, idleSeconds = Number.POSITIVE_INFINITY } = this.#options;
    for (let tick = 1; !signal.aborted; tick++) {
      await pause(WATCH_MS, signal);
      if (this.#running > 0 || signal.aborted) continue;
      if (performance.now() - this.#idleSince > 1000 * idleSeconds) return;
      if (tick % VERSION_CHECK_EVERY === 0 && this.#redis.status === 'ready') await this.#assertVersion();
    }
  }

  async #assertVersion(): Promise<void> {
    const versions = await this.#board.activeVersions();
    if (versions.length === 0 || versions.includes(this.#version)) return;
    const { shown } = this.#options.address;
    throw new UserError('worker-version', {
      path: '--queue',
      message: `the sweep on ${shown} is of kvmtimer ${versions.join(', ')}, this worker of ${this.#version}`,
      hint: `results of two versions are not mixed: install kvmtimer@${versions[0]} here`,
    });
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}

async function within(ms: number, promise: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([promise.catch(() => {}), limit]);
  clearTimeout(timer);
}
