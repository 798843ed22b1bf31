import { Chalk, type ChalkInstance } from 'chalk';
import { bars, longestOf, signed, together, us } from './bars.ts';
import { type Breakdown, byOwner } from './breakdown.ts';
import type { Comparison } from './explanation.ts';

/** Stages shown one by one in each group; the rest is one row. */
const ROWS = 8;
const NO_TIMER = 'none after the deadline';

/** Why two means differ: what was changed, and the stages that add up to the difference. */
export function comparisonText(comparison: Comparison, color: boolean): string {
  const paint = new Chalk({ level: color ? 1 : 0 });
  return `${[
    ...headLines(comparison, paint),
    ...settingLines(comparison),
    ...timerLines(comparison),
    ...groupLines(comparison, paint),
    '',
    together(comparison.change.totalNs),
  ].join('\n')}\n`;
}

function headLines({ from, to, change }: Comparison, paint: ChalkInstance): string[] {
  const owners = byOwner(change).filter(({ ns }) => ns !== 0);
  const means = `${us(to.mean.totalNs)} - ${us(from.mean.totalNs)} = ${signed(change.totalNs)} µs on average`;
  const thread = to.thread === from.thread ? to.thread : `${to.thread} against ${from.thread}`;
  return [
    paint.bold(`${to.name} against ${from.name}, thread ${thread}: ${means}`),
    ...(owners.length === 0
      ? []
      : [`= ${owners.map(({ owner, ns }) => `${signed(ns)} ${owner}`).join(' ')}`]),
  ];
}

function settingLines({ settings }: Comparison): string[] {
  if (settings.length === 0) return ['', 'The machines are the same.'];
  const shown = (value: unknown) => JSON.stringify(value) ?? 'absent';
  return [
    '',
    'What was changed',
    ...settings.map(({ path, before, after }) => `  ${path}: ${shown(after)}, not ${shown(before)}`),
  ];
}

function timerLines({ from, to }: Comparison): string[] {
  if (from.timer === to.timer)
    return to.timer === null ? [] : ['', `The timer that fires, in both: ${to.timer}`];
  return [
    '',
    'The timer that fires',
    `  now:    ${to.timer ?? NO_TIMER}`,
    `  before: ${from.timer ?? NO_TIMER}`,
  ];
}

function groupLines({ from, groups, change }: Comparison, paint: ChalkInstance): string[] {
  const alikeNs = from.mean.totalNs + groups.gone.totalNs;
  const longest = longestOf(change);
  const group = (title: string, stages: Breakdown) =>
    stages.stages.length === 0
      ? []
      : ['', `${title}: ${signed(stages.totalNs)} µs`, ...bars(stages, ROWS, longest, paint)];
  return [
    ...group('What no longer happens', groups.gone),
    ...group('What happens instead', groups.added),
    ...group(`What happens in both (${us(alikeNs)} µs before), longer or shorter`, groups.changed),
  ];
}
