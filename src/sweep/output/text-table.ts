import type { ChalkInstance } from 'chalk';
import Table from 'cli-table3';
import { visible } from '../../user-error.ts';

export interface TextTableOptions {
  readonly chalk: ChalkInstance;
  /** Columns from this one on, and those of `right`, are figures: aligned to the right. */
  readonly rightFrom: number;
  readonly right?: readonly number[];
}

const EDGES = ['top', 'bottom'].flatMap((edge) => [edge, `${edge}-mid`, `${edge}-left`, `${edge}-right`]);
const LINES = ['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'];
const WITHOUT_BORDERS = Object.fromEntries([...EDGES, ...LINES].map((name) => [name, '']));

/** Rows under a head, two spaces apart, without trailing spaces. */
export function textTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { chalk, rightFrom, right = [] }: TextTableOptions,
): string {
  const table = new Table({
    head: head.map((cell) => chalk.dim(visible(cell))),
    colAligns: head.map((_, column) => (column >= rightFrom || right.includes(column) ? 'right' : 'left')),
    style: { head: [], border: [], 'padding-left': 2, 'padding-right': 0 },
    chars: WITHOUT_BORDERS,
  });
  for (const row of rows) table.push(row.map(visible));
  return table.toString().replace(/ +$/gm, '');
}

/** ns as µs with two decimals; "-" where there is none. */
export function microseconds(ns: number | undefined): string {
  return ns === undefined ? '-' : (ns / 1000).toFixed(2);
}
