import { describe, expect, it } from 'vitest';
import type { ResultDocument } from '../../measurement/result-document.ts';
import { runScenario } from '../../run/run-at-once.ts';
import { loadScenario } from '../../scenario/load.ts';
import { sampledRun } from '../../testing/sampled-runs.ts';
import type { Side } from '../side.ts';
import { evaluateGate } from './gate.ts';
import { parseRule } from './parse.ts';

/** docs/compare.md tells the results for 1000 pairs of 600000 loops. The defaults keep the test short. */
const GIVEN_PAIRS = process.env.KVMTIMER_PAIRS;
const LOOPS = Number(process.env.KVMTIMER_LOOPS ?? 10_000);
const ALPHA = 0.01;
const RULES = [parseRule('significant')];

function sideOf(label: string, document: ResultDocument): Side {
  return { label, runs: [{ file: `${label}.json`, document }] };
}

type Make = (seed: number, scale: number) => ResultDocument;

/** Seeds 1 and 2, 3 and 4, ...; the second of each pair stretched by `scale`. Counts the failures for each effect. */
function failures(make: Make, pairs: number, scale: number, minEffects: readonly number[]): number[] {
  const failed = minEffects.map(() => 0);
  for (let pair = 0; pair < pairs; pair++) {
    const [before, after] = [sideOf('a', make(2 * pair + 1, 1)), sideOf('b', make(2 * pair + 2, scale))];
    minEffects.forEach((value, index) => {
      const report = evaluateGate(before, [after], RULES, {
        alpha: ALPHA,
        minEffect: { unit: 'share', value },
      });
      expect(report.verdict).not.toBe('undecided');
      if (report.verdict === 'failed') failed[index]!++;
    });
  }
  return failed;
}

const { scenario, profile } = await loadScenario('jiang-2016-v4-hv-timer-on');

function simulatedRun(seed: number, scale: number): ResultDocument {
  const workload = { ...scenario.workload, loops: LOOPS };
  return stretched(runScenario({ scenario: { ...scenario, workload, seed: String(seed) }, profile }), scale);
}

const SOURCES: readonly [name: string, pairs: number, make: Make][] = [
  ['independent samples', Number(GIVEN_PAIRS ?? 40), (seed, scale) => sampledRun(seed, LOOPS, scale)],
  ['simulated machines', Number(GIVEN_PAIRS ?? 10), simulatedRun],
];

/** Every latency longer by the same factor. */
function stretched(document: ResultDocument, scale: number): ResultDocument {
  if (scale === 1) return document;
  const measurements = document.measurements.map((thread) => {
    const bins = new Map<number, number>();
    for (const [bin, count] of thread.bins) {
      const moved = Math.floor((bin + 0.5) * scale);
      bins.set(moved, (bins.get(moved) ?? 0) + count);
    }
    return { ...thread, bins: [...bins], meanNs: thread.meanNs! * scale };
  });
  return { ...document, measurements };
}

describe.each(SOURCES)('the rule "significant" on %s', (name, pairs, make) => {
  it('does not fail more often than its level when only the seed differs', () => {
    const [withEffect, testOnly] = failures(make, pairs, 1, [0.01, 0]);
    if (GIVEN_PAIRS) console.log(name, { pairs, LOOPS, withEffect, testOnly });
    expect(withEffect).toBeLessThanOrEqual(ALPHA * pairs);
    // Samples of one machine depend on each other: there the test alone errs more often, and the effect size matters.
    if (name !== 'independent samples') return;
    // The seeds are fixed, so that this is one number for ever; three standard deviations are for other pairs.
    expect(testOnly).toBeLessThanOrEqual(ALPHA * pairs + 3 * Math.sqrt(ALPHA * pairs));
  }, 0);

  it('finds 2 % in the mean', () => {
    const [found] = failures(make, pairs, 1.02, [0.01]);
    if (GIVEN_PAIRS) console.log(name, { pairs, LOOPS, found });
    expect(found).toBeGreaterThanOrEqual(0.99 * pairs);
  }, 0);
});
