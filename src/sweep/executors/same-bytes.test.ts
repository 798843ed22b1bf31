import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderWith } from '../../testing/folder.ts';
import { type RedisServer, startRedis } from '../../testing/redis.ts';
import { FAKE_WORKER, planOf } from '../../testing/sweeps.ts';
import { fakeDocument } from '../fixtures/fake-engine.mjs';
import { mergeParts } from '../merge.ts';
import type { SweepTable } from '../output/rows.ts';
import { csv, json, ndjson } from '../output/text-formats.ts';
import type { Plan } from '../plan/plan.ts';
import { runSweep } from '../run-sweep.ts';
import type { Shard } from '../shard.ts';
import type { Executor } from './executor.ts';
import { poolExecutor } from './pool.ts';
import { parseQueueAddress } from './queue/connection.ts';
import { openQueue } from './queue/coordinator.ts';
import { runWorker } from './queue/worker.ts';

const pool = (threads: number) => poolExecutor({ threads, workerFile: FAKE_WORKER });

async function run(
  plan: Plan,
  executor: Executor,
  shard?: Shard,
): Promise<{ table: SweepTable; journal: string }> {
  const journal = `${folderWith({})}/journal.ndjson`;
  const { results, complete } = await runSweep({ plan, executor, journal, mode: 'new', shard });
  expect(complete).toBe(true);
  return { table: { plan, results }, journal };
}

function bytesOf(table: SweepTable): string {
  return [...csv(table), ...ndjson(table), ...json(table)].join('');
}

/** Order does not count in a journal, but nothing may be there twice. */
function linesOf(journal: string): string[] {
  const [, ...lines] = readFileSync(journal, 'utf8').trimEnd().split('\n');
  expect(new Set(lines).size).toBe(lines.length);
  return lines.sort();
}

const sweeps = fc.record({
  vary: fc.record({
    'workload.interval_us': fc.uniqueArray(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 6 }),
    'guest.idle': fc.subarray(['poll', 'hlt', 'mwait'], { minLength: 1 }),
  }),
  seeds: fc.integer({ min: 1, max: 3 }),
  exclude: fc.constantFrom([], [{ 'guest.idle': 'hlt', 'workload.interval_us': { max: 500 } }]),
  include: fc.constantFrom([], [{ 'host.kernel.hz': 250 }]),
});

describe('a sweep gives the same bytes', () => {
  let redis: RedisServer;
  const stop = new AbortController();
  let worker: Promise<unknown>;

  beforeAll(async () => {
    redis = await startRedis();
    const address = parseQueueAddress(redis.url);
    worker = runWorker({ address, threads: 1, workerFile: FAKE_WORKER, signal: stop.signal });
  });
  afterAll(async () => {
    stop.abort();
    await worker;
    await redis.remove();
  });

  it('from one thread, two threads, a queue, and shards put together', async () => {
    await fc.assert(
      fc.asyncProperty(sweeps, fc.integer({ min: 1, max: 4 }), async (sweep, count) => {
        const plan = await planOf(sweep);
        fc.pre(plan.size > 0);
        const alone = await run(plan, pool(1));
        const expected = bytesOf(alone.table);
        const lines = linesOf(alone.journal);

        const threads = await run(plan, pool(2));
        expect(bytesOf(threads.table)).toBe(expected);
        expect(linesOf(threads.journal)).toEqual(lines);

        const queue = await openQueue(parseQueueAddress(redis.url), fakeDocument);
        const queued = await run(plan, queue);
        expect(bytesOf(queued.table)).toBe(expected);
        expect(linesOf(queued.journal)).toEqual(lines);

        const parts: string[] = [];
        for (let index = count; index >= 1; index--) {
          parts.push((await run(plan, pool(1), { index, count })).journal);
        }
        expect(bytesOf(mergeParts(parts))).toBe(expected);
      }),
      { numRuns: 8 },
    );
  });

  it('when equal points are run once', async () => {
    const sample = { method: 'random', points: 40 };
    const plan = await planOf({ vary: { 'guest.idle': ['poll', 'hlt'] }, sample });
    const { table, journal } = await run(plan, pool(2));
    expect(linesOf(journal)).toHaveLength(2);
    expect(table.results.count).toBe(40);
  });
});
