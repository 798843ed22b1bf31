import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { folderWith } from '../../../testing/folder.ts';
import { type RedisServer, startRedis } from '../../../testing/redis.ts';
import { FAKE_WORKER, planOf } from '../../../testing/sweeps.ts';
import { startProxy } from '../../../testing/tcp-proxy.ts';
import { fakeDocument } from '../../fixtures/fake-engine.mjs';
import { csv } from '../../output/text-formats.ts';
import type { Plan } from '../../plan/plan.ts';
import { runSweep } from '../../run-sweep.ts';
import { poolExecutor } from '../pool.ts';
import { parseQueueAddress } from './connection.ts';
import { openQueue } from './coordinator.ts';

const WORKER = fileURLToPath(new URL('../../fixtures/fake-worker-process.mjs', import.meta.url));
const workers: ChildProcess[] = [];

async function startWorker(url: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [WORKER, url], { stdio: ['ignore', 'pipe', 'pipe'] });
  workers.push(child);
  await Promise.race([once(child.stdout!, 'data'), once(child, 'exit')]);
  return child;
}

/** 80 points of 100 ms each: several batches of seconds. */
const slowPlan = () =>
  planOf(
    { vary: { 'workload.interval_us': { from: 1, to: 80, step: 1 } } },
    { description: 'ms=100', workload: { tool: 'cyclictest', loops: 2000 } },
  );

interface Gathered {
  readonly csv: string;
  readonly journal: string[];
}

async function gather(plan: Plan, url: string): Promise<Gathered> {
  const executor = await openQueue(parseQueueAddress(url), fakeDocument);
  const journal = `${folderWith({})}/journal.ndjson`;
  const { results, complete } = await runSweep({ plan, executor, journal, mode: 'new' });
  expect(complete).toBe(true);
  return { csv: [...csv({ plan, results })].join(''), journal: linesOf(journal) };
}

async function local(plan: Plan): Promise<Gathered> {
  const executor = poolExecutor({ threads: 2, workerFile: FAKE_WORKER });
  const folder = mkdtempSync(join(tmpdir(), 'kvmtimer-'));
  const journal = `${folder}/journal.ndjson`;
  const { results } = await runSweep({ plan, executor, journal, mode: 'new' });
  const gathered = { csv: [...csv({ plan, results })].join(''), journal: linesOf(journal) };
  rmSync(folder, { recursive: true });
  return gathered;
}

function linesOf(journal: string): string[] {
  return readFileSync(journal, 'utf8').trimEnd().split('\n').slice(1).sort();
}

describe('a sweep on a queue ends complete and identical', () => {
  let redis: RedisServer;
  let expected: Gathered;
  let plan: Plan;
  beforeAll(async () => {
    redis = await startRedis('secret');
    plan = await slowPlan();
    expected = await local(plan);
    expect(new Set(expected.journal).size).toBe(80);
  });
  afterEach(async () => {
    for (const worker of workers.splice(0)) {
      if (worker.exitCode !== null || worker.signalCode !== null) continue;
      worker.kill('SIGKILL');
      await once(worker, 'exit');
    }
  });
  afterAll(() => redis.remove());

  it('when a worker is killed in its batch and Redis is killed and started again', async () => {
    const [victim] = await Promise.all([startWorker(redis.url), startWorker(redis.url)]);
    const gathered = gather(plan, redis.url);
    await delay(1500);
    victim.kill('SIGKILL');
    await delay(500);
    await redis.kill();
    await delay(1000);
    await redis.start();
    expect(await gathered).toEqual(expected);
  }, 120_000);

  it('when Redis is started again with nothing in it', async () => {
    const own = await startRedis();
    const [gathered] = [gather(plan, own.url), await startWorker(own.url)];
    await delay(1500);
    await flush(own.url);
    expect(await gathered).toEqual(expected);
    await own.remove();
  }, 120_000);

  it('when the network of a worker is cut for 20 s without notice', async () => {
    const proxy = await startProxy(redis.port);
    const [gathered] = [
      gather(plan, redis.url),
      await startWorker(redis.url.replace(/\d+$/, String(proxy.port))),
    ];
    await delay(1500);
    proxy.cut();
    await delay(20_000);
    proxy.mend();
    expect(await gathered).toEqual(expected);
    await proxy.close();
  }, 180_000);

  it('when two coordinators were started', async () => {
    await Promise.all([startWorker(redis.url), startWorker(redis.url)]);
    const both = await Promise.all([gather(plan, redis.url), gather(plan, redis.url)]);
    expect(both).toEqual([expected, expected]);
  }, 120_000);

  it('when its coordinator was interrupted and went on', async () => {
    await startWorker(redis.url);
    const controller = new AbortController();
    const run = {
      plan,
      executor: await openQueue(parseQueueAddress(redis.url), fakeDocument),
      journal: `${folderWith({})}/journal.ndjson`,
      onProgress: (done: number) => done > 0 && controller.abort(),
    };
    const first = await runSweep({ ...run, mode: 'new', signal: controller.signal });
    expect(first.complete).toBe(false);
    expect(first.results.count).toBeGreaterThan(0);
    const second = await runSweep({ ...run, mode: 'resume' });
    expect(second).toMatchObject({ complete: true, recalled: first.results.count });
    expect(linesOf(run.journal)).toEqual(expected.journal);
  }, 120_000);

  it('and workers of another version are refused', async () => {
    const gathered = gather(plan, redis.url);
    await delay(1000);
    const stranger = spawn(process.execPath, [WORKER, redis.url, '99.0.0']);
    workers.push(stranger);
    const told: Buffer[] = [];
    stranger.stderr.on('data', (bytes) => told.push(bytes));
    const [code] = await once(stranger, 'close');
    expect(code).toBe(1);
    expect(Buffer.concat(told).toString()).toMatch(
      /^--queue: the sweep on redis:\/\/127\.0\.0\.1:\d+ is of kvmtimer \d+\.\d+\.\d+, this worker of 99\.0\.0 \(.*install kvmtimer@/,
    );
    await startWorker(redis.url);
    expect(await gathered).toEqual(expected);
  }, 120_000);
});

async function flush(url: string): Promise<void> {
  const { Redis } = await import('ioredis');
  const client = new Redis(url);
  await client.flushall();
  client.disconnect();
}
