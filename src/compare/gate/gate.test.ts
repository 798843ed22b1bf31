import { describe, expect, it } from 'vitest';
import type { ResultDocument, ThreadResult } from '../../measurement/result-document.ts';
import { measurementOf } from '../../testing/measurements.ts';
import { documentOf } from '../../testing/results.ts';
import { sampledRun } from '../../testing/sampled-runs.ts';
import { ExitCode, type UserError } from '../../user-error.ts';
import type { Side } from '../side.ts';
import { evaluateGate, type GateOptions, gateExitCode } from './gate.ts';
import { parseRule } from './parse.ts';
import { gateReport } from './result.ts';

const UNTOLD = { cycles: null, ledger: null, worst: null, overflow_cycles: null };

function sideOf(label: string, ...documents: ResultDocument[]): Side {
  return { label, runs: documents.map((document, index) => ({ file: `${label}${index}.json`, document })) };
}

function measured(
  bins: readonly (readonly [number, number])[],
  more: Partial<ThreadResult> = {},
): ResultDocument {
  return documentOf([{ ...measurementOf(bins, more), ...UNTOLD }], { origin: 'measured', seed: null });
}

function judge(
  rule: string,
  candidate: ResultDocument,
  baseline: ResultDocument | null = null,
  options: GateOptions = {},
) {
  const before = baseline === null ? null : sideOf('base', baseline);
  const report = evaluateGate(before, [sideOf('cand', candidate)], [parseRule(rule)], options);
  return report.results[0]!;
}

/** 90 % at 4 µs, 9.9 % at 6 µs, 0.1 % at 9 µs. */
const document = measured(
  [
    [4, 9000],
    [6, 990],
    [9, 10],
  ],
  { minNs: 4000, maxNs: 9000 },
); // prettier-ignore

describe('limits', () => {
  it('pass and fail by the printed value', () => {
    expect(judge('p99 < 7us', document)).toMatchObject({
      verdict: 'passed',
      actual: '6us',
      limit: '7us',
      reason: 'p99 = 6us is < 7us',
    });
    expect(judge('p99 < 6us', document)).toMatchObject({
      verdict: 'failed',
      reason: 'p99 = 6us is not < 6us',
    });
    expect(judge('p99 <= 6us', document).verdict).toBe('passed');
    expect(judge('max <= 9us', document).verdict).toBe('passed');
    expect(judge('share(>4us) < 10%', document)).toMatchObject({
      verdict: 'failed',
      actual: '10%',
      limit: '10%',
    });
    expect(judge('share(>4us) <= 10%', document).verdict).toBe('passed');
  });

  it('cannot decide what the bins, the sample or censoring hide', () => {
    expect(judge('p99 < 6.5us', document)).toMatchObject({
      verdict: 'undecided',
      reason: 'p99 lies in the bin from 6us to 7us, and so does the limit',
    });
    expect(judge('p99.999 < 40us', document)).toMatchObject({ verdict: 'undecided', actual: 'unknown' });
    const cut = measured([[4, 900]], { censored: { count: 100, atLeastNs: 50_000 } });
    expect(judge('p99 < 60us', cut)).toMatchObject({ verdict: 'undecided', actual: '>= 50us' });
    expect(judge('p99 < 50us', cut).verdict).toBe('failed');
    expect(judge('p99 <= 50us', cut).verdict).toBe('undecided');
    expect(judge('p99 > 40us', cut).verdict).toBe('passed');
  });

  it('calculate with the baseline', () => {
    const slower = measured(
      [
        [4, 8000],
        [6, 1990],
        [9, 10],
      ],
      { minNs: 4000, maxNs: 9000 },
    ); // prettier-ignore
    expect(judge('mean <= baseline * 1.05', slower, document).verdict).toBe('passed');
    expect(judge('mean <= baseline * 1.04', slower, document)).toMatchObject({
      verdict: 'failed',
      actual: '4.403us',
    });
    expect(judge('p99 <= baseline', document, document).verdict).toBe('passed');
    expect(judge('p99 <= baseline + 2us - 2 * 1us', document, document).verdict).toBe('passed');
    expect(judge('share(>4us) <= baseline * 2', slower, document).verdict).toBe('passed');
    expect(judge('max <= baseline.p99 * 1.5', document, document).verdict).toBe('passed');
    expect(judge('p99.999 <= baseline', document, document).verdict).toBe('undecided');
    expect(judge('share(>4us) <= 1 / baseline.share(>90us)', document, document)).toMatchObject({
      verdict: 'undecided',
    });
  });
});

describe('significant', () => {
  const base = sampledRun(1, 20_000);

  it('needs the test and the size of the effect', () => {
    expect(judge('significant', sampledRun(2, 20_000), base)).toMatchObject({ verdict: 'passed' });
    expect(judge('significant', sampledRun(2, 20_000, 1.05), base)).toMatchObject({ verdict: 'failed' });
    const halfPercent = sampledRun(2, 2_000_000, 1.005);
    const large = sampledRun(1, 2_000_000);
    expect(judge('significant', halfPercent, large).verdict).toBe('passed');
    const sharper = { minEffect: { unit: 'share', value: 0.001 } } as const;
    expect(judge('significant', halfPercent, large, sharper)).toMatchObject({ verdict: 'failed' });
    const absolute = { minEffect: { unit: 'ns', value: 2000 } } as const;
    expect(judge('significant', sampledRun(2, 20_000, 1.05), base, absolute).verdict).toBe('passed');
  });

  it('does not fail for what became better', () => {
    expect(judge('significant', sampledRun(2, 20_000, 0.8), base).verdict).toBe('passed');
  });

  it('sees a tail that left the histogram, and does not pass what it cannot see', () => {
    const inside = measured(
      [
        [4, 99_000],
        [6, 1000],
      ],
      { minNs: 4000, maxNs: 6000 },
    ); // prettier-ignore
    const outside = (count: number) =>
      measured([[4, 100_000 - count]], { censored: { count, atLeastNs: 50_000 }, maxNs: 90_000 });
    expect(judge('significant', outside(1500), inside)).toMatchObject({ verdict: 'failed' });
    expect(judge('significant', outside(1500), inside).reason).toContain('p99 at least +1150.00%');
    expect(judge('significant', outside(1500), outside(1500)).verdict).toBe('undecided');
    expect(judge('significant', measured([[4, 5]], { samples: null }), inside).verdict).toBe('undecided');
  });

  it('counts a difference of one bin for nothing, since bins are all that is known', () => {
    const a = measured([
      [4, 50_600],
      [5, 49_400],
    ]); // prettier-ignore
    const b = measured([
      [4, 49_400],
      [5, 50_600],
    ]); // prettier-ignore
    expect(judge('significant', b, a)).toMatchObject({ verdict: 'passed', actual: 'p50 +25.00% (p<0.001)' });
  });

  it('takes repetitions as one observation each, and says when they are too few', () => {
    const runs = (label: string, first: number, count: number, scale: number) =>
      sideOf(label, ...Array.from({ length: count }, (_, i) => sampledRun(first + i, 2000, scale)));
    const rule = [parseRule('significant')];
    const few = evaluateGate(runs('a', 1, 3, 1), [runs('b', 11, 3, 1.2)], rule);
    expect(few.results[0]).toMatchObject({ verdict: 'undecided' });
    expect(few.results[0]!.reason).toContain('3 and 3 runs cannot show a difference');
    expect(evaluateGate(runs('a', 1, 7, 1), [runs('b', 11, 7, 1.2)], rule).verdict).toBe('failed');
    expect(evaluateGate(runs('a', 1, 7, 1), [runs('b', 11, 7, 1)], rule).verdict).toBe('passed');
    expect(evaluateGate(runs('a', 1, 3, 1), [runs('b', 11, 3, 1.2)], rule, { pool: true }).verdict).toBe(
      'failed',
    );
  });
});

describe('exact', () => {
  const run = sampledRun(1, 1000);
  const exact = (candidate: ResultDocument, baseline: ResultDocument) =>
    evaluateGate(sideOf('base', baseline), [sideOf('cand', candidate)], [], { exact: true });

  it('demands every sample, not the version', () => {
    expect(exact({ ...run, kvmtimer_version: '9' }, run).verdict).toBe('passed');
    const moved = { ...run, measurements: [{ ...run.measurements[0]!, maxNs: 1 }] };
    expect(exact(moved, run).results[0]).toMatchObject({ verdict: 'failed' });
    expect(exact(moved, run).results[0]!.reason).toContain('measurements.0.maxNs is 1, not ');
  });

  it('does not judge runs that need not be equal', () => {
    expect(exact(sampledRun(2, 1000), { ...run, scenario_hash: 'hash of 2' }).results[0]!.reason).toContain(
      'seeds',
    );
    expect(exact(document, document).results[0]).toMatchObject({ verdict: 'undecided' });
    const two = sideOf('base', run, sampledRun(2, 1000));
    expect(evaluateGate(two, [sideOf('cand', run)], [], { exact: true }).verdict).toBe('undecided');
  });
});

describe('verdicts', () => {
  it('are never a silent pass', () => {
    const one = (verdict: 'passed' | 'failed' | 'undecided') => ({
      ...judge('max <= 9us', document),
      verdict,
    });
    expect(gateReport([]).verdict).toBe('undecided');
    expect(gateReport([one('passed'), one('undecided')]).verdict).toBe('undecided');
    expect(gateReport([one('failed'), one('undecided')]).verdict).toBe('failed');
    expect(gateExitCode(gateReport([one('passed')]))).toBe(ExitCode.success);
    expect(gateExitCode(gateReport([one('undecided')]))).toBe(ExitCode.notComparable);
    expect(gateExitCode(gateReport([one('failed')]))).toBe(ExitCode.gateFailed);
  });

  it('are refused where there is nothing to judge', () => {
    const nothing = (call: () => unknown, message: string) => {
      expect(call).toThrow(message);
      expect(call).toThrow(expect.objectContaining({ exitCode: ExitCode.notComparable }) as UserError);
    };
    const side = sideOf('cand', document);
    nothing(() => evaluateGate(null, [side], []), 'there are no rules to judge by');
    nothing(() => evaluateGate(null, [], [parseRule('max < 4us')]), 'there is no candidate');
    nothing(
      () => evaluateGate(null, [side], [parseRule('max < baseline')]),
      '"max < baseline" needs a baseline',
    );
    nothing(() => evaluateGate(null, [side], [parseRule('significant')]), 'needs a baseline');
    nothing(() => evaluateGate(null, [side], [], { exact: true }), '--exact');
  });

  it('cover every thread and every candidate', () => {
    const [thread] = document.measurements;
    const two = documentOf([thread!, { ...thread!, name: '1' }], { origin: 'measured', seed: null });
    const report = evaluateGate(null, [sideOf('x', two), sideOf('y', two)], [parseRule('max < 9us')]);
    expect(report.results.map(({ candidate, thread: name, verdict }) => [candidate, name, verdict])).toEqual([
      ['x', '0', 'failed'],
      ['x', '1', 'failed'],
      ['y', '0', 'failed'],
      ['y', '1', 'failed'],
    ]); // prettier-ignore
  });
});
