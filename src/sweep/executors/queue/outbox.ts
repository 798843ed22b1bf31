import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { type FinishedPoint, isFinishedPoint } from '../../journal/line.ts';
import type { QueueBatch } from './batches.ts';
import { type BatchJob, KEY_PREFIX, queueName } from './board.ts';

/** What became of a batch. */
export type BatchState =
  | { readonly kind: 'waiting' }
  /** Redis has lost it, or its result was not what was asked for. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'finished'; readonly points: readonly FinishedPoint[] };

/** Results that nobody fetched leave Redis after a day. */
const KEEP_RESULTS_SECONDS = 24 * 3600;
const WITHDRAW_AT_ONCE = 500;

/** Batches on their way through Redis. Adding one that is there already changes nothing: its id is its content. */
export class Outbox {
  readonly #redis: Redis;
  readonly #queue: Queue<BatchJob>;
  readonly #planHash: string;

  constructor(redis: Redis, planHash: string, version: string) {
    this.#redis = redis;
    this.#planHash = planHash;
    this.#queue = new Queue(queueName(version), { connection: redis, prefix: KEY_PREFIX });
    this.#queue.on('error', () => {});
  }

  async add(batches: readonly QueueBatch[]): Promise<void> {
    await this.#queue.addBulk(
      batches.map(({ id, points }) => ({
        name: 'batch',
        data: { plan_hash: this.#planHash, points },
        opts: {
          jobId: id,
          removeOnComplete: { age: KEEP_RESULTS_SECONDS },
          removeOnFail: { age: KEEP_RESULTS_SECONDS },
        },
      })),
    );
  }

  /** One round trip for all batches. */
  async states(batches: readonly QueueBatch[]): Promise<BatchState[]> {
    const pipeline = this.#redis.pipeline();
    for (const { id } of batches) {
      pipeline.hmget(this.#queue.toKey(id), 'timestamp', 'finishedOn', 'failedReason', 'returnvalue');
    }
    const answers = (await pipeline.exec()) ?? [];
    return batches.map((batch, index) => {
      const [error, fields] = answers[index];
      if (error !== null) throw error;
      return stateOf(batch, fields as (string | null)[]);
    });
  }

  async remove(batches: readonly QueueBatch[]): Promise<void> {
    for (let start = 0; start < batches.length; start += WITHDRAW_AT_ONCE) {
      const some = batches.slice(start, start + WITHDRAW_AT_ONCE);
      // A batch that a worker holds stays; its result will wait for the next coordinator.
      await Promise.allSettled(some.map(({ id }) => this.#queue.remove(id)));
    }
  }

  async countWorkers(): Promise<number> {
    return this.#queue.getWorkersCount();
  }

  async close(): Promise<void> {
    await this.#queue.close();
  }
}

function stateOf(
  batch: QueueBatch,
  [timestamp, finishedOn, failedReason, returned]: (string | null)[],
): BatchState {
  if (timestamp === null) return { kind: 'lost' };
  if (finishedOn === null) return { kind: 'waiting' };
  if (failedReason !== null) return { kind: 'failed', reason: failedReason };
  const points = parsePoints(returned);
  const isComplete =
    points?.length === batch.hashes.length && points.every(({ hash }, index) => hash === batch.hashes[index]);
  return points && isComplete ? { kind: 'finished', points } : { kind: 'lost' };
}

function parsePoints(text: string | null): FinishedPoint[] | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return Array.isArray(value) && value.every(isFinishedPoint) ? value : undefined;
  } catch {
    return undefined;
  }
}
