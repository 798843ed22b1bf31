import type { Estimate } from '../estimate.ts';
import { durationName, isLatency, type Metric, metricName } from '../metric.ts';
import { formatShare } from '../report/numbers.ts';
import { type Expression, mentionsBaseline, type Relation, type Rule } from './expression.ts';
import type { RuleResult, Verdict } from './result.ts';
import { figure, type Subject } from './subject.ts';

type Outcome = Pick<RuleResult, 'verdict' | 'actual' | 'limit' | 'reason'>;

/** Judges `metric relation limit`. Figures are compared as they are printed: rounded down to their bins. */
export function judgeLimit(rule: Rule & { kind: 'limit' }, subject: Subject): Outcome {
  const actual = figure(rule.metric, subject.runs, subject);
  const limit = evaluate(rule.limit, subject);
  const text = { actual: shown(rule.metric, actual), limit: shownLimit(rule, limit) };
  if (typeof limit === 'string') return { ...text, verdict: 'undecided', reason: limit };
  const name = metricName(rule.metric);
  if (actual.kind === 'unsupported')
    return { ...text, verdict: 'undecided', reason: `${name}: ${actual.reason}` };
  if (actual.kind === 'at-least')
    return { ...text, ...judgeLowerLimit(rule.relation, actual.value, limit, name) };
  const doubt = insideBin(rule, actual.value, limit, subject);
  if (doubt !== null) return { ...text, verdict: 'undecided', reason: doubt };
  const verdict = holds(rule.relation, actual.value, limit) ? 'passed' : 'failed';
  const opposite = verdict === 'passed' ? '' : 'not ';
  return {
    ...text,
    verdict,
    reason: `${name} = ${text.actual} is ${opposite}${rule.relation} ${text.limit}`,
  };
}

/** The limit's value, or why it has none. */
function evaluate(expression: Expression, subject: Subject): number | string {
  if (expression.kind === 'number') return expression.value;
  if (expression.kind === 'baseline') {
    const name = metricName(expression.metric);
    if (subject.baselineRuns === null) return 'there is no baseline';
    const found = figure(expression.metric, subject.baselineRuns, subject);
    if (found.kind === 'value') return found.value;
    const reason =
      found.kind === 'at-least'
        ? `it is only known to be at least ${durationName(found.value)}`
        : found.reason;
    return `${name} of the baseline: ${reason}`;
  }
  const left = evaluate(expression.left, subject);
  const right = evaluate(expression.right, subject);
  if (typeof left === 'string') return left;
  if (typeof right === 'string') return right;
  const value = calculate(expression.operator, left, right);
  return Number.isFinite(value) ? value : 'the limit is not a number (division by zero)';
}

function calculate(operator: '+' | '-' | '*' | '/', left: number, right: number): number {
  if (operator === '+') return left + right;
  if (operator === '-') return left - right;
  return operator === '*' ? left * right : left / right;
}

function holds(relation: Relation, actual: number, limit: number): boolean {
  switch (relation) {
    case '<':
      return actual < limit;
    case '<=':
      return actual <= limit;
    case '>':
      return actual > limit;
    case '>=':
      return actual >= limit;
    case '==':
      return actual === limit;
    case '!=':
      return actual !== limit;
  }
}

/** A value of which only a lower limit is known answers a rule all the same when that limit is beyond the rule's. */
function judgeLowerLimit(
  relation: Relation,
  least: number,
  limit: number,
  name: string,
): { verdict: Verdict; reason: string } {
  const beyond = relation === '<' || relation === '>=' ? least >= limit : least > limit;
  const known = `${name} is only known to be at least ${durationName(least)}`;
  if (!beyond) return { verdict: 'undecided', reason: known };
  const passes = relation === '>' || relation === '>=' || relation === '!=';
  return { verdict: passes ? 'passed' : 'failed', reason: known };
}

/** A limit given in numbers that falls inside the bin of the value: the sample may lie on either side of it. */
function insideBin(
  { metric, limit }: Rule & { kind: 'limit' },
  actual: number,
  limitNs: number,
  subject: Subject,
): string | null {
  if (metric.kind !== 'quantile' || mentionsBaseline(limit) || subject.repeated) return null;
  const widthNs = subject.runs[0]!.binWidthNs;
  if (actual >= limitNs || limitNs >= actual + widthNs) return null;
  const bin = `${durationName(actual)} to ${durationName(actual + widthNs)}`;
  return `${metricName(metric)} lies in the bin from ${bin}, and so does the limit`;
}

function shown(metric: Metric, estimate: Estimate): string {
  if (estimate.kind === 'unsupported') return 'unknown';
  const text = shownNumber(metric, estimate.value);
  return estimate.kind === 'at-least' ? `>= ${text}` : text;
}

function shownLimit(rule: Rule & { kind: 'limit' }, limit: number | string): string {
  return typeof limit === 'string' ? 'unknown' : shownNumber(rule.metric, limit);
}

function shownNumber(metric: Metric, value: number): string {
  return isLatency(metric) ? durationName(value) : formatShare(value);
}
