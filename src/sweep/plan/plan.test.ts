import { describe, expect, it } from 'vitest';
import { planOf, valuesOf } from '../../testing/sweeps.ts';
import { pointHasher } from './plan.ts';

describe('createPlan', () => {
  it('runs the full grid, the last field changing fastest', async () => {
    const plan = await planOf({
      vary: { 'guest.idle': ['poll', 'hlt'], 'workload.interval_us': [100, 200, 300] },
    });
    expect(plan.parameters).toEqual(['guest.idle', 'workload.interval_us']);
    expect(valuesOf(plan)).toEqual([
      ['poll', 100],
      ['poll', 200],
      ['poll', 300],
      ['hlt', 100],
      ['hlt', 200],
      ['hlt', 300],
    ]);
  });

  it('changes the fields of a zip group together', async () => {
    const zip = [{ 'host.kernel.version': ['4.4', '6.1'], 'guest.kernel.version': ['4.4', '6.1'] }];
    const plan = await planOf({ vary: { 'guest.idle': ['poll', 'hlt'] }, zip });
    expect(valuesOf(plan)).toEqual([
      ['poll', '4.4', '4.4'],
      ['poll', '6.1', '6.1'],
      ['hlt', '4.4', '4.4'],
      ['hlt', '6.1', '6.1'],
    ]);
  });

  it('leaves out what any `exclude` rule describes, and adds what `include` lists', async () => {
    const plan = await planOf({
      vary: { 'guest.idle': ['poll', 'hlt'], 'workload.interval_us': [100, 200, 300, 400] },
      exclude: [
        { 'guest.idle': 'poll', 'workload.interval_us': { min: 200, max: 300 } },
        { 'workload.interval_us': [400] },
      ],
      include: [{ 'workload.interval_us': 50, 'host.kernel.hz': 250 }],
    });
    expect(plan.parameters).toEqual(['guest.idle', 'workload.interval_us', 'host.kernel.hz']);
    expect(valuesOf(plan)).toEqual([
      ['poll', 100, 1000],
      ['hlt', 100, 1000],
      ['hlt', 200, 1000],
      ['hlt', 300, 1000],
      ['poll', 50, 250],
    ]);
  });

  it('repeats each point with the same seeds', async () => {
    const plan = await planOf({ vary: { 'guest.idle': ['poll', 'hlt'] }, seeds: 2 }, { seed: 's' });
    const seeds = [0, 1, 2, 3].map((index) => plan.scenario(plan.point(index)).seed);
    expect(seeds).toEqual(['s/1', 's/2', 's/1', 's/2']);
    const once = await planOf({ vary: { 'guest.idle': ['poll', 'hlt'] } }, { seed: 's' });
    expect(once.scenario(once.point(0)).seed).toBe('s');
  });

  it('samples between the ends, whole numbers where the field takes only those', async () => {
    const sample = { method: 'sobol', points: 64 };
    const vary = {
      'workload.interval_us': { from: 50, to: 10_000, scale: 'log' },
      'guest.idle': ['poll', 'hlt'],
    };
    const values = valuesOf(await planOf({ vary, sample })) as [number, string][];
    expect(values).toHaveLength(64);
    expect(values.every(([us]) => Number.isInteger(us) && us >= 50 && us <= 10_000)).toBe(true);
    expect(values.filter(([us]) => us < Math.sqrt(50 * 10_000))).toHaveLength(32);
    expect(values.filter(([, idle]) => idle === 'hlt')).toHaveLength(32);
    expect(valuesOf(await planOf({ vary, sample: { ...sample, seed: 'b' } }))).not.toEqual(values);
  });

  it('makes scenarios that differ from the base in the varied fields alone', async () => {
    const plan = await planOf({ vary: { 'vcpus.0.pcpu.isolated': [false] }, set: { 'workload.loops': 5 } });
    expect(plan.scenario(plan.point(0))).toEqual({
      name: 'base',
      workload: { tool: 'cyclictest', loops: 5 },
      vcpus: [{ pcpu: { isolated: false } }],
    });
  });

  it('is one point, the base, when nothing is varied', async () => {
    expect((await planOf({ seeds: 3 })).size).toBe(3);
  });

  it('names equal plans alike, and other points, versions and kept figures differently', async () => {
    const sweep = { vary: { 'guest.idle': ['poll', 'hlt'] } };
    const plan = await planOf(sweep);
    expect((await planOf({ ...sweep, description: 'words' })).hash).toBe(plan.hash);
    expect((await planOf({ ...sweep, seeds: 2 })).hash).not.toBe(plan.hash);
    const { definition } = plan;
    const scenario = plan.scenario(plan.point(0));
    const hash = pointHasher(definition)(scenario);
    expect(hash).toMatch(/^[0-9a-f]{32}$/);
    expect(pointHasher(definition)(structuredClone(scenario))).toBe(hash);
    expect(pointHasher({ ...definition, kvmtimer_version: '9' })(scenario)).not.toBe(hash);
    const others = { ...definition, sweep: { ...definition.sweep, quantiles: [50] } };
    expect(pointHasher(others)(scenario)).not.toBe(hash);
    expect(pointHasher(definition)(plan.scenario(plan.point(1)))).not.toBe(hash);
  });
});
