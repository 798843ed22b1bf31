import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { CliContext } from '../../cli/command.ts';
import { reportFailures } from '../../cli/sweep/failures.ts';
import { folderWith } from '../../testing/folder.ts';
import { FAKE_WORKER, planOf } from '../../testing/sweeps.ts';
import type { Plan } from '../plan/plan.ts';
import { runSweep, type SweepRun } from '../run-sweep.ts';
import { poolExecutor } from './pool.ts';

const executor = poolExecutor({ threads: 2, workerFile: FAKE_WORKER });
const runOf = (plan: Plan, more: Partial<SweepRun> = {}): SweepRun => ({
  plan,
  executor,
  journal: `${folderWith({})}/journal.ndjson`,
  mode: 'new',
  ...more,
});

describe('poolExecutor', () => {
  it('keeps what a point said when it failed, and runs the others', async () => {
    const plan = await planOf({ vary: { description: ['', 'fail', 'x'] } });
    const { results, complete } = await runSweep(runOf(plan));
    expect(complete).toBe(true);
    expect([0, 1, 2].map((index) => 'error' in results.get(index)!)).toEqual([false, true, false]);
    expect(results.get(1)).toEqual({ error: 'unexpected failure: asked to fail' });
    const stderr = new PassThrough();
    expect(reportFailures(results, { stderr } as unknown as CliContext)).toBe(1);
    expect(stderr.read().toString()).toBe(
      'error: 1 of 3 points have no result:\n  point 1: unexpected failure: asked to fail\n`exclude` in the sweep file leaves combinations out that are no valid scenario\n',
    );
  });

  it('stops when asked to, keeps what was finished, and goes on from there', async () => {
    const vary = { 'workload.interval_us': { from: 1, to: 60, step: 1 } };
    const plan = await planOf({ vary }, { description: 'ms=20' });
    const run = runOf(plan);
    const controller = new AbortController();
    const onProgress = (done: number) => done >= 10 && controller.abort();
    const first = await runSweep({ ...run, signal: controller.signal, onProgress });
    expect(first.complete).toBe(false);
    expect(first.results.count).toBeGreaterThanOrEqual(10);
    expect(first.results.count).toBeLessThan(60);
    const second = await runSweep({ ...run, mode: 'resume' });
    expect(second).toMatchObject({ complete: true, recalled: first.results.count, total: 60 });
    const whole = await runSweep(runOf(plan));
    for (let index = 0; index < 60; index++)
      expect(second.results.get(index)).toEqual(whole.results.get(index));
  });

  it('gives up a point that takes long, and does not count it', async () => {
    const plan = await planOf({ vary: { 'guest.idle': ['poll', 'hlt'] } }, { description: 'ms=600000' });
    const controller = new AbortController();
    const onProgress = () => controller.abort();
    const { results, complete } = await runSweep(runOf(plan, { signal: controller.signal, onProgress }));
    expect({ complete, count: results.count }).toEqual({ complete: false, count: 0 });
  });

  it('keeps whole histograms when asked to', async () => {
    const plan = await planOf({ vary: { 'guest.idle': ['poll', 'hlt'] }, keep_histograms: true });
    const run = runOf(plan);
    const { results } = await runSweep(run);
    const record = results.get(1)!;
    if ('error' in record) throw new Error(record.error);
    expect(record.histogram!.bins.reduce((sum, [, count]) => sum + count, 0)).toBe(record.samples);
    const again = await runSweep({ ...run, mode: 'resume' });
    expect(again.recalled).toBe(2);
    expect(again.results.get(1)).toEqual(record);
  });
});
