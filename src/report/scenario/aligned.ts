import { visible } from '../../user-error.ts';

/** Columns of text, each as wide as its widest cell; the last one is not padded. */
export function aligned(
  rows: readonly (readonly string[])[],
  style: (cell: string, column: number) => string = (cell) => cell,
): string {
  const shown = rows.map((row) => row.map(visible));
  const widths = shown.reduce<number[]>((widest, row) => {
    row.forEach((cell, column) => {
      widest[column] = Math.max(widest[column] ?? 0, cell.length);
    });
    return widest;
  }, []);
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => style(column === row.length - 1 ? cell : cell.padEnd(widths[column]), column))
      .join('  ');
  return shown.map((row) => `${line(row)}\n`).join('');
}
