import { didYouMean } from '../../scenario/suggest.ts';
import { UserError } from '../../user-error.ts';
import { type Metric, metricNames, metricOf } from '../metric.ts';
import { type Configuration, meanOf } from './configurations.ts';

/** What a good configuration is: least or most of a metric or of a varied number. */
export interface Goal {
  readonly text: string;
  readonly direction: 'min' | 'max';
  /** Undefined for a configuration that cannot be judged. */
  valueOf(configuration: Configuration): number | undefined;
  /** Metrics are times in ns; parameters are what they are. */
  readonly isTime: boolean;
  readonly subject: string;
}

/** `min p99.9`, `max workload.interval_us`. Throws a UserError ("goal-invalid"). */
export function parseGoal(text: string, parameters: readonly string[], quantiles: readonly number[]): Goal {
  const fault = (message: string, hint: string) =>
    new UserError('goal-invalid', { path: `--goal "${text}"`, message, hint });
  const match = /^\s*(min|max)\s+(\S+)\s*$/.exec(text);
  if (match === null) throw fault('is no goal', 'min or max and a figure, as in "min p99.9"');
  const [, direction, subject] = match as unknown as [string, 'min' | 'max', string];
  const position = parameters.indexOf(subject);
  if (position >= 0) {
    return {
      text,
      direction,
      isTime: false,
      subject,
      valueOf: ({ values }) => numberOrNone(values[position]),
    };
  }
  const names = metricNames(quantiles);
  if (!names.includes(subject)) {
    const known = [...names, ...parameters];
    throw fault(
      `there is no figure "${subject}"`,
      didYouMean(subject, known) ?? `there are: ${known.join(', ')}`,
    );
  }
  const metric: Metric = metricOf(subject, quantiles, '--goal');
  return {
    text,
    direction,
    isTime: true,
    subject,
    valueOf: (configuration) => meanOf(metric, configuration),
  };
}

function numberOrNone(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** A configuration and how it meets each goal. */
export interface Candidate {
  readonly configuration: Configuration;
  readonly values: readonly number[];
}

/**
 * The configurations that no other beats: with one goal the best (the first in the plan of equal ones), with more the
 * Pareto set, in the order of the first goal.
 */
export function bestFor(goals: readonly Goal[], configurations: readonly Configuration[]): Candidate[] {
  const candidates = configurations.flatMap((configuration): Candidate[] => {
    const values = goals.map((goal) => goal.valueOf(configuration));
    const known = values.filter((value) => value !== undefined);
    return known.length === goals.length ? [{ configuration, values: known }] : [];
  });
  const costs = new Map(candidates.map((candidate) => [candidate, costOf(goals, candidate)]));
  const sorted = candidates.sort(
    (one, other) => compare(costs.get(one)!, costs.get(other)!) || byPlan(one, other),
  );
  if (goals.length === 1) return sorted.slice(0, 1);
  const front: Candidate[] = [];
  for (const candidate of sorted) {
    const cost = costs.get(candidate)!;
    const isBeaten = front.some((better) => costs.get(better)!.every((value, index) => value <= cost[index]));
    if (!isBeaten) front.push(candidate);
  }
  return front;
}

function costOf(goals: readonly Goal[], { values }: Candidate): number[] {
  return values.map((value, index) => (goals[index].direction === 'min' ? value : -value));
}

function compare(one: readonly number[], other: readonly number[]): number {
  const index = one.findIndex((value, position) => value !== other[position]);
  return index < 0 ? 0 : one[index] - other[index];
}

function byPlan(one: Candidate, other: Candidate): number {
  return one.configuration.point - other.configuration.point;
}
