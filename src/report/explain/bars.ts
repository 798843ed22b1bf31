import type { ChalkInstance } from 'chalk';
import type { Breakdown, Owner } from './breakdown.ts';
import { meaningOf } from './glossary.ts';

const BAR = 20;

/** A row for each of the longest `most` stages whose bar would not be empty, one for the rest. */
export function bars({ stages }: Breakdown, most: number, longest: number, paint: ChalkInstance): string[] {
  const long = stages.slice(0, most).filter(({ ns }) => lengthOf(ns, longest) > 0);
  const rows = long.map(({ stage, owner, ns }) => {
    const length = lengthOf(ns, longest);
    const bar = painted(owner, (ns < 0 ? '░' : '█').repeat(length), paint) + ' '.repeat(BAR - length);
    return `${us(ns).padStart(8)} µs  ${stage.padEnd(28)} ${bar} ${meaningOf(stage)}`.trimEnd();
  });
  const rest = stages.slice(long.length);
  if (rest.length > 0) {
    const restNs = rest.reduce((sum, { ns }) => sum + ns, 0);
    rows.push(
      `${us(restNs).padStart(8)} µs  ${rest.length} shorter ${rest.length === 1 ? 'stage' : 'stages'}`,
    );
  }
  return rows;
}

function lengthOf(ns: number, longest: number): number {
  return Math.round((Math.abs(ns) / longest) * BAR);
}

/** The row under the bars. */
export function together(ns: number): string {
  return `${us(ns).padStart(8)} µs  together`;
}

/** Length of the longest stage, which has the longest bar. */
export function longestOf({ stages }: Breakdown): number {
  return Math.max(1, ...stages.map(({ ns }) => Math.abs(ns)));
}

function painted(owner: Owner, text: string, paint: ChalkInstance): string {
  const colors = { hardware: paint.magenta, kvm: paint.yellow, host: paint.red, guest: paint.cyan };
  return colors[owner](text);
}

export function us(ns: number): string {
  return (ns / 1000).toFixed(3);
}

export function signed(ns: number): string {
  return `${ns < 0 ? '-' : '+'}${us(Math.abs(ns))}`;
}
