import { Chalk, type ChalkInstance } from 'chalk';
import { type Breakdown, byOwner, type Owner } from './breakdown.ts';
import type { Comparison, Explanation } from './explanation.ts';
import type { Story } from './story.ts';

const BAR = 30;
/** Stages shown one by one; the rest is one row. */
const ROWS = 16;

/** An explanation as a person reads it: owners, stages with bars, the tail, the worst samples. */
export function explanationText(explanation: Explanation, color: boolean): string {
  const paint = new Chalk({ level: color ? 1 : 0 });
  const { name, thread, mean, tail, worst } = explanation;
  const lines = [
    paint.bold(`${name}, thread ${thread}: ${us(mean.totalNs)} µs on average over ${mean.samples} samples`),
    `= ${byOwner(mean)
      .filter(({ ns }) => ns > 0)
      .map(({ owner, ns }) => `${us(ns)} ${owner}`)
      .join(' + ')}`,
    '',
    ...bars(mean, paint),
  ];
  if (tail !== null) {
    const percent = ((100 * tail.samples) / mean.samples).toPrecision(2);
    lines.push(
      '',
      `The slowest ${percent} %, from ${us(tail.fromNs)} µs on: ${us(tail.totalNs)} µs on average, against the mean`,
    );
    lines.push(...changes(tail, mean, paint));
  }
  lines.push('', 'The worst samples', ...worst.flatMap(storyLines));
  return `${lines.join('\n')}\n`;
}

/** The difference of two runs by stage, adding up to the difference of their means. */
export function comparisonText({ from, to, change }: Comparison, color: boolean): string {
  const paint = new Chalk({ level: color ? 1 : 0 });
  const sum = byOwner(change)
    .filter(({ ns }) => ns !== 0)
    .map(({ owner, ns }) => `${signed(ns)} ${owner}`)
    .join(' ');
  return `${[
    paint.bold(
      `${to.name} against ${from.name}: ` +
        `${us(to.mean.totalNs)} - ${us(from.mean.totalNs)} = ${signed(change.totalNs)} µs`,
    ),
    `= ${sum}`,
    '',
    ...bars(change, paint),
  ].join('\n')}\n`;
}

function bars({ stages, totalNs }: Breakdown, paint: ChalkInstance): string[] {
  const longest = Math.max(1, ...stages.map(({ ns }) => Math.abs(ns)));
  const rows = stages.slice(0, ROWS).map(({ stage, owner, ns }) => {
    const length = Math.max(1, Math.round((Math.abs(ns) / longest) * BAR));
    const bar = painted(owner, (ns < 0 ? '░' : '█').repeat(length), paint);
    return `${us(ns).padStart(8)} µs  ${stage.padEnd(28)} ${bar}`;
  });
  const rest = stages.slice(ROWS).reduce((sum, { ns }) => sum + ns, 0);
  if (rest !== 0) rows.push(`${us(rest).padStart(8)} µs  ${stages.length - ROWS} shorter stages`);
  return [...rows, `${us(totalNs).padStart(8)} µs  together`];
}

/** What the tail has more of than the mean. */
function changes(tail: Breakdown, mean: Breakdown, paint: ChalkInstance): string[] {
  const usual = new Map(mean.stages.map(({ stage, ns }) => [stage, ns]));
  const stages = tail.stages
    .map((share) => ({ ...share, ns: share.ns - (usual.get(share.stage) ?? 0) }))
    .filter(({ ns }) => ns !== 0)
    .sort((one, other) => Math.abs(other.ns) - Math.abs(one.ns));
  return bars({ samples: tail.samples, totalNs: tail.totalNs - mean.totalNs, stages }, paint);
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

function painted(owner: Owner, text: string, paint: ChalkInstance): string {
  const colors = { hardware: paint.magenta, kvm: paint.yellow, host: paint.red, guest: paint.cyan };
  return colors[owner](text);
}

function us(ns: number): string {
  return (ns / 1000).toFixed(3);
}

function signed(ns: number): string {
  return `${ns < 0 ? '-' : '+'}${us(Math.abs(ns))}`;
}
