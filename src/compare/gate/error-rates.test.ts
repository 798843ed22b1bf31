import { describe, expect, it } from 'vitest';
import { sampledRun } from '../../testing/sampled-runs.ts';
import type { Side } from '../side.ts';
import { evaluateGate } from './gate.ts';
import { parseRule } from './parse.ts';

/** The full measurement of docs/compare.md: 1000 pairs of 600000 loops. The defaults keep the test short. */
const PAIRS = Number(process.env.KVMTIMER_PAIRS ?? 60);
const LOOPS = Number(process.env.KVMTIMER_LOOPS ?? 20_000);
const ALPHA = 0.01;
const RULES = [parseRule('significant')];

function side(label: string, seed: number, scale: number): Side {
  return { label, runs: [{ file: `${label}.json`, document: sampledRun(seed, LOOPS, scale) }] };
}

function failures(scale: number, minEffect: number): number {
  let failed = 0;
  for (let pair = 0; pair < PAIRS; pair++) {
    const options = { alpha: ALPHA, minEffect: { unit: 'share', value: minEffect } as const };
    const report = evaluateGate(side('a', 2 * pair + 1, 1), [side('b', 2 * pair + 2, scale)], RULES, options);
    expect(report.verdict).not.toBe('undecided');
    if (report.verdict === 'failed') failed++;
  }
  return failed;
}

describe('the rule "significant"', () => {
  it('does not fail more often than its level when only the seed differs', () => {
    const [withEffect, testOnly] = [failures(1, 0.01), failures(1, 0)];
    if (process.env.KVMTIMER_PAIRS) console.log({ PAIRS, LOOPS, withEffect, testOnly });
    // The seeds are fixed, so that this is one number for ever; 3 standard deviations leave room for other PAIRS.
    const allowed = ALPHA * PAIRS + 3 * Math.sqrt(ALPHA * PAIRS);
    expect(withEffect).toBeLessThanOrEqual(ALPHA * PAIRS);
    expect(testOnly).toBeLessThanOrEqual(allowed);
  }, 600_000);

  it('finds 2 % in the mean', () => {
    const found = failures(1.02, 0.01);
    if (process.env.KVMTIMER_PAIRS) console.log({ PAIRS, LOOPS, found });
    expect(found).toBeGreaterThanOrEqual(0.99 * PAIRS);
  }, 600_000);
});
