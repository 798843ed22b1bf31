import { describe, expect, it, vi } from 'vitest';
import { ColdLines } from '../machine/costs/cold-lines.ts';
import { CyclictestLane, driveByModel } from '../machine/cyclictest-lane.ts';
import type { CyclictestRun } from '../machine/cyclictest-run.ts';
import { type Run, startRun } from '../machine/machine.ts';
import { type LoadedScenario, loadScenario } from '../scenario/load.ts';
import { machineConfig } from '../scenario/machine-config.ts';
import { shippedScenarios } from '../scenario/shipped.ts';
import { workloadConfig } from '../scenario/workload-config.ts';
import { Driver } from './drive.ts';

const LOOPS = 1500;
/** Chains are made in time to see them at work. */
const SOON = {
  worth: 0,
  settled: 300,
  distance: 5,
  tried: 20,
  recorded: 30,
  worthRefining: 0,
  every: 2,
  disturbed: 8,
  mostBytes: 150_000,
};

function start({ scenario, profile }: LoadedScenario, drive = driveByModel): Run {
  return startRun(machineConfig(scenario, profile), workloadConfig(scenario), null, drive);
}

function finish(run: Run): unknown {
  while (run.advance(512));
  return run.results.map((recorder) => recorder.snapshot());
}

describe('compiled code', () => {
  it.each(shippedScenarios())('does in $name exactly what the model does', async ({ file }) => {
    const { scenario } = await loadScenario(file);
    if (scenario.workload.tool !== 'cyclictest') return;
    const loaded = await loadScenario(file, { set: [`workload.loops=${LOOPS}`] });
    const driver = new Driver();
    const run = start(loaded, driver.drive) as CyclictestRun;
    expect(run.lanes.map((lane) => driver.prepare(lane))).not.toContain(null);
    const measured = finish(start(loaded));
    expect(finish(run)).toEqual(measured);
    expect(finish(start(loaded, new Driver(SOON).drive))).toEqual(measured);
  });

  it('makes no chains of more code than is worth while', async () => {
    const loaded = await loadScenario('jiang-2016-v4-hv-timer-on', { set: ['workload.loops=3000'] });
    const driver = new Driver({ ...SOON, mostBytes: 20_000 });
    const run = start(loaded, driver.drive) as CyclictestRun;
    run.advance(1200);
    expect(driver.prepare(run.lanes[0])?.chains).toBeNull();
    expect(finish(run)).toEqual(finish(start(loaded)));
  });

  it.each(['jiang-2016-v4-hv-timer-on', 'jiang-2016-v4-hv-timer-off'])(
    'makes chains for %s',
    async (name) => {
      const loaded = await loadScenario(name, { set: ['workload.loops=3000'] });
      const driver = new Driver(SOON);
      const run = start(loaded, driver.drive) as CyclictestRun;
      const [lane] = run.lanes;
      run.advance(SOON.settled);
      expect(driver.prepare(lane)?.chains).toBeNull();
      run.advance(900);
      expect(driver.prepare(lane)?.chains).not.toBeNull();
      expect(finish(run)).toEqual(finish(start(loaded)));
    },
  );

  it('makes chains anew of turns that the first ones could not make', async () => {
    const loaded = await loadScenario('jiang-2016-v4-hv-timer-off', { set: ['workload.loops=4000'] });
    const driver = new Driver({ ...SOON, worthRefining: 4000 });
    driver.expect(4000);
    const run = start(loaded, driver.drive) as CyclictestRun;
    const chains = () => driver.prepare(run.lanes[0])?.chains ?? null;
    while (run.done < 1500 && chains() === null) run.advance(50);
    const first = chains();
    expect(first).not.toBeNull();
    while (run.done < 3900) run.advance(100);
    expect(chains()).not.toBeNull();
    expect(chains()).not.toBe(first);
    expect(finish(run)).toEqual(finish(start(loaded)));
  });

  it('makes chains at once where they will pay', async () => {
    const loaded = await loadScenario('jiang-2016-v4-hv-timer-on', { set: ['workload.loops=3000'] });
    const chainsAfter = (loops: number, expected: number) => {
      const driver = new Driver({ ...SOON, worth: 2000 });
      driver.expect(expected);
      const run = start(loaded, driver.drive) as CyclictestRun;
      run.advance(500);
      run.advance(loops - 500);
      return driver.prepare(run.lanes[0])?.chains ?? null;
    };
    expect(chainsAfter(1500, 2000)).not.toBeNull();
    expect(chainsAfter(1500, 1999)).toBeNull();
    expect(chainsAfter(2000, 0)).toBeNull();
    expect(chainsAfter(2500, 0)).not.toBeNull();
  });

  it('hands chains on, once, to where the same machines run', async () => {
    const loaded = await loadScenario('jiang-2016-v4-hv-timer-on', { set: ['workload.loops=3000'] });
    const [driver, other] = [new Driver(SOON), new Driver()];
    const measured = finish(start(loaded, driver.drive));
    const programs = driver.newlyChained();
    expect(programs.map(({ chains }) => chains)).not.toContain(null);
    expect(programs).toHaveLength(1);
    expect(driver.newlyChained()).toEqual([]);
    other.learn(programs[0]);
    const run = start(loaded, other.drive) as CyclictestRun;
    expect(other.prepare(run.lanes[0])?.chains).toBe(programs[0].chains);
    expect(finish(run)).toEqual(measured);
    expect(other.newlyChained()).toEqual([]);
  });

  it('serves one block of a long run after the other', async () => {
    const loaded = await loadScenario('jiang-2016-v4-hv-timer-off', { set: ['workload.loops=202000'] });
    expect(finish(start(loaded, new Driver(SOON).drive))).toEqual(finish(start(loaded)));
  });

  it('hands the tables of one machine to the next, in whose memory they take no more room', async () => {
    const buildTable = vi.spyOn(ColdLines.prototype as unknown as { buildTable: () => void }, 'buildTable');
    const { drive } = new Driver();
    const built: number[] = [];
    for (const seed of ['one', 'two', 'three']) {
      buildTable.mockClear();
      const set = ['workload.loops=20000', `seed="${seed}"`];
      finish(start(await loadScenario('jiang-2016-v4-hv-timer-off', { set }), drive));
      built.push(buildTable.mock.calls.length);
    }
    buildTable.mockRestore();
    expect(built[2]).toBeLessThan(10);
  });

  it('makes way for the model while somebody watches, and goes on afterwards', async () => {
    const loaded = await loadScenario('jiang-2016-v4-hv-timer-on', { set: ['workload.loops=3000'] });
    const run = start(loaded, new Driver().drive);
    let stages = 0;
    run.advance(1000);
    run.observe({ observe: () => ({ event: () => {}, stage: () => stages++ }) });
    run.advance(10);
    run.observe(null);
    expect(stages).toBeGreaterThan(500);
    expect(finish(run)).toEqual(finish(start(loaded)));
  });

  it('leaves to the model what it does not know', async () => {
    const loaded = await loadScenario('jiang-2016-v4-hv-timer-on', { set: ['workload.loops=300'] });
    class Unheard extends CyclictestLane {}
    const driver = new Driver();
    const run = start(loaded, ({ lane, kernel, threads }, samples) => {
      const unheard = new Unheard(lane, kernel, threads);
      expect(driver.prepare(unheard)).toBeNull();
      return driver.drive(unheard, samples);
    });
    expect(finish(run)).toEqual(finish(start(loaded)));
  });
});
