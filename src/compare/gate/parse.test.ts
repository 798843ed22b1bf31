import { describe, expect, it } from 'vitest';
import { UserError } from '../../user-error.ts';
import { parseMinEffect } from './min-effect.ts';
import { parseDurationNs, parseRule } from './parse.ts';

const number = (value: number, unit: 'ns' | 'plain') => ({ kind: 'number', value, unit });

describe('parseRule', () => {
  it('reads limits with units', () => {
    expect(parseRule('p99.9 < 40us')).toEqual({
      kind: 'limit',
      text: 'p99.9 < 40us',
      metric: { kind: 'quantile', percent: 99.9 },
      relation: '<',
      limit: number(40_000, 'ns'),
    });
    expect(parseRule('max<=1.5 ms')).toMatchObject({
      metric: { kind: 'max' },
      limit: number(1_500_000, 'ns'),
    });
    expect(parseRule('median > 3µs')).toMatchObject({
      metric: { kind: 'quantile', percent: 50 },
      relation: '>',
    });
    expect(parseRule('share(>=12us) < 0.1%')).toMatchObject({
      metric: { kind: 'share', relation: '>=', thresholdNs: 12_000 },
      limit: number(0.001, 'plain'),
    });
    expect(parseRule(' significant ')).toMatchObject({ kind: 'significant' });
  });

  it('binds * before +, and lets baseline name another metric', () => {
    const mean = { kind: 'baseline', metric: { kind: 'mean' } };
    expect(parseRule('mean <= baseline * 1.05 + 200ns')).toMatchObject({
      limit: {
        operator: '+',
        left: { operator: '*', left: mean, right: number(1.05, 'plain') },
        right: number(200, 'ns'),
      },
    });
    expect(parseRule('p99 < 2 * (baseline.mean + 1us)')).toMatchObject({
      limit: { operator: '*', right: { operator: '+', left: mean } },
    });
    expect(parseRule('p99 < baseline - 1us - 2us')).toMatchObject({
      limit: { operator: '-', left: { operator: '-' } },
    });
  });

  it('points at what is wrong and says what would be right', () => {
    const rows = [
      ['p99.9 < 40', 'column 9: p99.9 is a latency: its limit needs a unit (40us?)'],
      ['p99.9 < 40uz', 'column 11: "uz" is no unit (did you mean "us"?)'],
      ['p99.9 < 40%', 'column 9: p99.9 is a latency: its limit needs a unit (40us?)'],
      ['maen < 40us', 'column 1: "maen" is no metric (did you mean "mean"?)'],
      [
        'p100 < 40us',
        'column 1: a percentile lies between p0 and p100 (min and max are metrics of their own)',
      ],
      ['p99 = 40us', 'column 5: "=" means nothing here'],
      ['p99 40us', 'column 5: "40" where a comparison belongs (one of <= >= == != < >)'],
      ['p99 <', 'column 6: nothing where a limit belongs (as in p99.9 < 40us)'],
      ['p99 < basline', 'column 7: "basline" where a limit belongs (did you mean "baseline"?)'],
      ['p99 < (4us', 'column 11: nothing where ")" belongs'],
      ['p99 < 4us, mean < 3us', 'column 10: "," means nothing here'],
      ['p99 < 4us mean', 'column 11: "mean" after the end of the rule (one rule per --gate)'],
      [
        'mean < baseline + 5%',
        'column 17: a latency and a plain number do not add up (as in baseline * 1.05)',
      ],
      ['mean < baseline * 2us', 'column 17: the result is neither a latency nor a plain number'],
      ['mean < 2 / 2us', 'column 10: the result is neither a latency nor a plain number'],
      ['mean < 4us / 2us', 'column 8: mean is a latency: its limit needs a unit (as in 40us)'],
      ['share(12us) < 1%', 'column 7: "12" where ">" or ">=" belongs (as in share(>12us))'],
      ['share(>12) < 1%', 'column 8: a duration needs a unit (12us?)'],
      ['share(>12us) < 1us', 'column 16: share(>12us) is a share, not a latency (as in < 0.1%)'],
      ['', 'column 1: nothing is no metric'],
    ] as const;
    for (const [rule, expected] of rows) {
      expect(() => parseRule(rule), rule).toThrow(UserError);
      expect(() => parseRule(rule), rule).toThrow(`"${rule}" ${expected}`);
    }
  });
});

describe('sizes', () => {
  it('reads durations and effects', () => {
    expect(parseDurationNs('40us')).toBe(40_000);
    expect(() => parseDurationNs('40')).toThrow('a duration needs a unit');
    expect(parseMinEffect('2.5%')).toEqual({ unit: 'share', value: 0.025 });
    expect(parseMinEffect('0.5us')).toEqual({ unit: 'ns', value: 500 });
    expect(() => parseMinEffect('much')).toThrow('"much": is no effect size');
  });
});
