import { setTimeout as delay } from 'node:timers/promises';
import { UserError } from '../../../user-error.ts';
import { measureSecondsPerLoop } from '../../estimate.ts';
import type { PointRunner } from '../batch.ts';
import type { Assignment, Executor } from '../executor.ts';
import { runPoint } from '../run-point.ts';
import { coarsely, cutBatches, type QueueBatch } from './batches.ts';
import { Board } from './board.ts';
import { assertReachable, connectLasting, end, type QueueAddress } from './connection.ts';
import { Outbox } from './outbox.ts';

/** Batches in Redis at a time: enough for 500 threads, and a bound on what Redis holds. */
const WINDOW = 1000;
const POLL_MS = 400;
const ANNOUNCE_MS = 10_000;
const MAX_ATTEMPTS = 5;
const LONELY_MS = 5000;
/** After an interrupt the connection is ended when it does not answer by then. */
const STOP_WITHIN_MS = 1500;

/**
 * Hands points to the workers that listen on a Redis server. Throws a UserError at once ("queue-unreachable",
 * "queue-refused") when it does not answer.
 */
export async function openQueue(address: QueueAddress, probe: PointRunner = runPoint): Promise<Executor> {
  await assertReachable(address);
  return {
    run: async (assignment) => {
      const secondsPerLoop = coarsely(measureSecondsPerLoop(assignment.plan, probe));
      await new Coordinator(address, assignment, secondsPerLoop).run();
    },
  };
}

class Coordinator {
  readonly #assignment: Assignment;
  readonly #redis: ReturnType<typeof connectLasting>;
  readonly #outbox: Outbox;
  readonly #board: Board;
  readonly #batches: Iterator<QueueBatch, undefined>;
  readonly #outstanding = new Map<string, QueueBatch>();
  readonly #attempts = new Map<string, number>();
  readonly #collected: QueueBatch[] = [];
  readonly #startedAt = performance.now();
  #announcedAt = Number.NEGATIVE_INFINITY;
  #isLonely = false;

  constructor(address: QueueAddress, assignment: Assignment, secondsPerLoop: number) {
    const { plan } = assignment;
    this.#assignment = assignment;
    this.#redis = connectLasting(address, assignment.onNotice);
    this.#outbox = new Outbox(this.#redis, plan.hash, plan.definition.kvmtimer_version);
    this.#board = new Board(this.#redis);
    const scenarioOf = (index: number) => plan.scenario(plan.point(index));
    this.#batches = cutBatches(assignment.work, assignment.hashOf, scenarioOf, secondsPerLoop);
  }

  async run(): Promise<void> {
    const { signal } = this.#assignment;
    const onAbort = () => setTimeout(() => this.#redis.disconnect(), STOP_WITHIN_MS).unref();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await this.#work(signal);
      await this.#leave();
    } catch (error) {
      if (!signal.aborted || error instanceof UserError) throw error;
    } finally {
      signal.removeEventListener('abort', onAbort);
      end(this.#redis);
    }
  }

  async #work(signal: AbortSignal): Promise<void> {
    await this.#announce();
    for (;;) {
      if (signal.aborted) return;
      await this.#fill();
      if (this.#outstanding.size === 0) return;
      await this.#collect();
      await this.#announce();
      await this.#watchWorkers();
      if (this.#outstanding.size > 0) await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #fill(): Promise<void> {
    const added: QueueBatch[] = [];
    while (this.#outstanding.size + added.length < WINDOW) {
      const next = this.#batches.next();
      if (next.done) break;
      added.push(next.value);
    }
    if (added.length === 0) return;
    await this.#outbox.add(added);
    for (const batch of added) this.#outstanding.set(batch.id, batch);
  }

  /** Takes what is finished, and puts back what was lost with a Redis that forgot or a worker that kept dying. */
  async #collect(): Promise<void> {
    const batches = [...this.#outstanding.values()];
    const states = await this.#outbox.states(batches);
    const again: QueueBatch[] = [];
    for (const [index, batch] of batches.entries()) {
      const state = states[index];
      if (state.kind === 'finished') {
        this.#outstanding.delete(batch.id);
        this.#collected.push(batch);
        this.#assignment.onFinished(state.points);
      } else if (state.kind !== 'waiting') {
        this.#countAttempt(batch, state.kind === 'failed' ? state.reason : undefined);
        again.push(batch);
      }
    }
    if (again.length === 0) return;
    await this.#board.publish(this.#assignment.plan.hash, this.#assignment.plan.definition);
    await this.#outbox.remove(again);
    await this.#outbox.add(again);
  }

  /** A batch lost by Redis may be put back any number of times, one that fails may not. */
  #countAttempt({ id }: QueueBatch, reason: string | undefined): void {
    if (reason === undefined) return;
    const attempts = (this.#attempts.get(id) ?? 0) + 1;
    this.#attempts.set(id, attempts);
    if (attempts < MAX_ATTEMPTS) return;
    throw new UserError('queue-failed', {
      message: `workers failed ${attempts} times at the same batch, at last with: ${reason}`,
      hint: 'finished points are kept; go on with --resume, without --queue to see the cause here',
    });
  }

  async #announce(): Promise<void> {
    if (performance.now() - this.#announcedAt < ANNOUNCE_MS) return;
    const { hash, definition } = this.#assignment.plan;
    await this.#board.publish(hash, definition);
    await this.#board.announce(hash, definition.kvmtimer_version);
    this.#announcedAt = performance.now();
  }

  async #watchWorkers(): Promise<void> {
    const since = performance.now() - this.#startedAt;
    if (since < LONELY_MS || this.#isLonely || this.#collected.length > 0) return;
    this.#isLonely = true;
    if ((await this.#outbox.countWorkers()) > 0) return;
    const { kvmtimer_version } = this.#assignment.plan.definition;
    this.#assignment.onNotice?.(
      `no worker listens yet; start some with \`kvmtimer worker --queue URL\` (kvmtimer ${kvmtimer_version})`,
    );
  }

  /** Leaves nothing behind; another coordinator of the same sweep puts back what it still waits for. */
  async #leave(): Promise<void> {
    await this.#outbox.remove([...this.#collected, ...this.#outstanding.values()]);
    await this.#board.withdraw(this.#assignment.plan.hash);
    await this.#outbox.close();
  }
}
