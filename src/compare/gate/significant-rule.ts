import type { Measurement } from '../../measurement/measurement.ts';
import { type Change, makeChange, pairOf, quantilesDifferP, sampleChange } from '../change.ts';
import { missingSamples, pool } from '../grid.ts';
import { durationName, type Metric, metricName } from '../metric.ts';
import { leastReachableP, repeatedChange } from '../repetitions.ts';
import { formatP, formatPercent } from '../report/numbers.ts';
import type { RuleResult } from './result.ts';
import { figure, type Subject } from './subject.ts';

/** Latency's bulk and its tail: what the rule looks at. */
const WATCHED: readonly Metric[] = [
  { kind: 'mean' },
  { kind: 'quantile', percent: 50 },
  { kind: 'quantile', percent: 99 },
  { kind: 'quantile', percent: 99.9 },
];

type Outcome = Pick<RuleResult, 'verdict' | 'actual' | 'limit' | 'reason'>;

interface Watched {
  readonly metric: Metric;
  /** Against the least value that the candidate's can have. */
  readonly change: Change & { readonly p: number };
  /** Whether `change` is a lower limit only, because the candidate's value is censored. */
  readonly open: boolean;
}

/**
 * Fails when a watched metric is worse, the difference is significant and it is at least the minimum effect. The
 * level holds for all watched metrics together (S. Holm, Scandinavian Journal of Statistics 6, 1979).
 */
export function judgeSignificance(subject: Subject): Outcome {
  const limit = `p <= ${subject.levels.alpha} and effect >= ${effectName(subject)}`;
  const undecided = (reason: string): Outcome => ({ verdict: 'undecided', actual: 'unknown', limit, reason });
  if (subject.baselineRuns === null) return undecided('there is no baseline');
  const missing = [...subject.baselineRuns, ...subject.runs]
    .map(missingSamples)
    .find((reason) => reason !== null);
  if (missing) return undecided(missing);
  const watched = changesOf(subject, subject.baselineRuns);
  const judged = watched.filter((one): one is Watched => typeof one !== 'string');
  if (judged.length === 0) return undecided(watched.join('; '));
  const hopeless = tooFewRuns(subject, subject.baselineRuns, judged.length);
  if (hopeless !== null) return undecided(hopeless);
  const worse = significantOnes(judged, subject.levels.alpha).filter((one) => isWorse(one, subject));
  if (worse.length > 0) {
    const actual = worse.map(movement).join(', ');
    return { verdict: 'failed', actual, limit, reason: `worse: ${actual}` };
  }
  const open = judged.find((one) => one.open);
  if (open !== undefined) return undecided(`${metricName(open.metric)} lies among censored samples`);
  const actual = movement(largest(judged));
  const unjudged = watched.filter((one) => typeof one === 'string').map((reason) => `; ${reason}`);
  const names = judged.map(({ metric }) => metricName(metric)).join(', ');
  return { verdict: 'passed', actual, limit, reason: `none of ${names} is worse${unjudged.join('')}` };
}

/** The watched metrics' changes, or why one has none. */
function changesOf(subject: Subject, baselineRuns: readonly Measurement[]): (Watched | string)[] {
  const [before, after] = [pool(baselineRuns), pool(subject.runs)];
  return WATCHED.map((metric) => {
    const [old, now] = [figure(metric, baselineRuns, subject), figure(metric, subject.runs, subject)];
    const name = metricName(metric);
    if (old.kind === 'unsupported') return `${name} is not judged: ${old.reason}`;
    if (now.kind === 'unsupported') return `${name} is not judged: ${now.reason}`;
    if (old.kind === 'value' && now.kind === 'value') {
      const change = subject.repeated
        ? repeatedChange(metric, baselineRuns, subject.runs, subject.levels)
        : sampleChange(metric, before, after, subject.levels);
      return { metric, change: { ...change!, p: change!.p! }, open: false };
    }
    const p =
      metric.kind === 'quantile' && !subject.repeated
        ? quantilesDifferP(metric.percent / 100, pairOf(before, after)!)
        : 1;
    const change = makeChange(old.value, now.value, { p, low: null, high: null }, subject.levels.alpha);
    return { metric, change: { ...change, p: old.kind === 'value' ? p : 1 }, open: true };
  });
}

function tooFewRuns(subject: Subject, baselineRuns: readonly Measurement[], metrics: number): string | null {
  if (!subject.repeated) return null;
  const least = leastReachableP(baselineRuns.length, subject.runs.length);
  const needed = subject.levels.alpha / metrics;
  if (least <= needed) return null;
  const runs = `${baselineRuns.length} and ${subject.runs.length} runs`;
  return `${runs} cannot show a difference: p is at least ${least.toPrecision(2)}, and ${needed} is needed`;
}

/** Holm's steps: the i-th smallest p-value is held against alpha / (m - i + 1) until one exceeds its level. */
function significantOnes(watched: readonly Watched[], alpha: number): Watched[] {
  const ordered = [...watched].sort((a, b) => a.change.p - b.change.p);
  const stop = ordered.findIndex((one, index) => one.change.p > alpha / (ordered.length - index));
  return stop === -1 ? ordered : ordered.slice(0, stop);
}

/** A quantile is known to within its bin: only what is left of the difference in the worst case counts. */
function isWorse({ metric, change }: Watched, { minEffect, runs }: Subject): boolean {
  const doubt = metric.kind === 'quantile' ? runs[0]!.binWidthNs : 0;
  const least = minEffect.unit === 'ns' ? minEffect.value : minEffect.value * change.before;
  return change.delta > 0 && change.delta - doubt >= least;
}

function largest(watched: readonly Watched[]): Watched {
  const size = ({ change }: Watched) => Math.abs(change.percent ?? 0);
  return watched.reduce((most, one) => (size(one) > size(most) ? one : most));
}

function movement({ metric, change: { delta, percent, p }, open }: Watched): string {
  const relative = percent === null ? durationName(delta) : formatPercent(percent);
  return `${metricName(metric)} ${open ? 'at least ' : ''}${relative} (${formatP(p)})`;
}

export function effectName({ minEffect }: Pick<Subject, 'minEffect'>): string {
  return minEffect.unit === 'ns' ? durationName(minEffect.value) : `${minEffect.value * 100}%`;
}
