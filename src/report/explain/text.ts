import { Chalk, type ChalkInstance } from 'chalk';
import { bars, longestOf, signed, together, us } from './bars.ts';
import { type Breakdown, byOwner, difference } from './breakdown.ts';
import type { Explanation } from './explanation.ts';
import type { Story } from './story.ts';

/** Stages shown one by one; the rest is one row. */
const ROWS = 16;

/** An explanation as a person reads it: owners, stages with bars, the tail, the worst samples. */
export function explanationText(explanation: Explanation, color: boolean): string {
  const paint = new Chalk({ level: color ? 1 : 0 });
  const { name, thread, timer, mean, tail, worst } = explanation;
  const lines = [
    paint.bold(`${name}, thread ${thread}: ${us(mean.totalNs)} µs on average over ${mean.samples} samples`),
    `= ${byOwner(mean)
      .filter(({ ns }) => ns > 0)
      .map(({ owner, ns }) => `${us(ns)} ${owner}`)
      .join(' + ')}`,
    ...(timer === null ? [] : ['', `The timer that fires: ${timer}`]),
    '',
    ...stageTable(mean, paint),
  ];
  if (tail !== null) lines.push('', ...tailLines(tail, mean, paint));
  lines.push('', 'The worst samples, and what they have more of than the mean', ...worst.flatMap(storyLines));
  return `${lines.join('\n')}\n`;
}

function stageTable(stages: Breakdown, paint: ChalkInstance): string[] {
  return [...bars(stages, ROWS, longestOf(stages), paint), together(stages.totalNs)];
}

function tailLines(
  tail: NonNullable<Explanation['tail']>,
  mean: Breakdown,
  paint: ChalkInstance,
): readonly string[] {
  const percent = ((100 * tail.samples) / mean.samples).toPrecision(2);
  return [
    `The slowest ${percent} % take ${us(tail.fromNs)} µs or more, ${us(tail.totalNs)} µs on average: against the mean`,
    ...stageTable(difference(mean, tail), paint),
  ];
}

function storyLines({ cycle, latencyNs, causes }: Story): string[] {
  const head = `  cycle ${cycle}: ${us(latencyNs)} µs`;
  if (causes.length === 0) return [`${head}, a little more of everything`];
  return [
    head,
    ...causes.map(
      ({ stage, excessNs, because }) => `${signed(excessNs).padStart(12)} µs ${stage}: ${because}`,
    ),
  ];
}
