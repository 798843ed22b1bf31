import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runScenario } from '../run/run-at-once.ts';
import { loadScenario } from '../scenario/load.ts';
import { loadProfile } from '../scenario/profile.ts';
import { kvmtimer } from '../testing/command.ts';
import { projected, target, totalVariation } from './dataset.ts';
import { fitProfile } from './fit.ts';
import { freeParameter, parameter } from './parameters.ts';

const LOOPS = 4000;
const origin = { kind: 'calibrated', source: 'test' } as const;

describe('fitProfile', () => {
  it('finds a cost again that made the histogram, and says how sure it is', async () => {
    const { scenario, profile } = await loadScenario('jiang-2016-v4-hv-timer-on', {
      set: [`workload.loops=${LOOPS}`],
    });
    const [made] = runScenario({ scenario, profile }).measurements;
    const { miss_cycles } = profile.costs;
    const moved = { ...profile, costs: { ...profile.costs, miss_cycles: { ...miss_cycles, value: 150 } } };
    const result = await fitProfile(
      {
        profile: moved,
        parameters: [freeParameter('miss_cycles', moved)],
        data: [{ name: 'made', scenario, target: target(made) }],
        loops: LOOPS,
        maxEvaluations: 45,
      },
      origin,
    );
    expect(result.before[0]).toBeGreaterThan(0.3);
    expect(result.after[0]).toBeLessThan(0.1);
    expect(Math.abs(result.values[0] / miss_cycles.value - 1)).toBeLessThan(0.02);
    expect(result.profile.costs.miss_cycles.kind).toBe('calibrated');
    expect(result.sensitivities[0].relativeError).toBeGreaterThan(0);
  });

  /** Takes half a minute: the command that the profile states, run again. */
  it('makes the shipped profile again from what it says it was made from', async () => {
    const shipped = JSON.parse(readFileSync('scenarios/profiles/xeon-e5-2699-v3.json', 'utf8'));
    const [, ...words] = shipped.made_by.command.split(' ');
    const { code, stdout, stderr } = await kvmtimer([...words, '--output', '-']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { costs, stages, made_by } = JSON.parse(stdout);
    expect({ costs, stages, made_by }).toEqual({
      costs: shipped.costs,
      stages: shipped.stages,
      made_by: shipped.made_by,
    });
  }, 500_000);
});

describe('parameters', () => {
  const profile = loadProfile('xeon-e5-2699-v3');

  it('refuses names that are neither a cost nor a stage', () => {
    expect(() => parameter('miss_cycle', profile)).toThrow(/neither a cost nor a stage/);
  });

  it('refuses to free what is 0, since the search multiplies', () => {
    const zero = { value: 0, ...origin };
    const without = { ...profile, costs: { ...profile.costs, miss_cycles: zero } };
    expect(() => freeParameter('miss_cycles', without)).toThrow(/is 0 in the profile/);
  });
});

describe('histograms', () => {
  const measurement = {
    name: '0',
    binWidthNs: 1000,
    bins: [
      [4, 1],
      [6, 2],
    ],
    censored: { count: 1, atLeastNs: 13_000 },
    samples: 4,
    minNs: null,
    maxNs: null,
    meanNs: null,
  } as const;

  it('become shares, with what is censored or beyond as the last one', () => {
    const wanted = target(measurement);
    expect(wanted.firstBin).toBe(4);
    expect(wanted.shares).toEqual([0.25, 0, 0.5, 0.25]);
    const finer = {
      ...measurement,
      binWidthNs: 10,
      bins: [[399, 1] as const, [650, 3] as const],
      censored: null,
    };
    expect(projected(finer, wanted)).toEqual([0.25, 0, 0.75, 0]);
    expect(totalVariation(wanted.shares, projected(finer, wanted))).toBe(0.25);
  });
});
