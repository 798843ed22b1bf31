import Table from 'cli-table3';

/** A table in Markdown whose columns also stand in line on a terminal. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const none = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '' };
  const bottom = { bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' };
  const inner = { 'left-mid': '', mid: '', 'mid-mid': '', 'right-mid': '' };
  const table = new Table({
    chars: { ...none, ...bottom, ...inner, left: '|', right: '|', middle: '|' },
    style: { head: [], border: [] },
  });
  table.push(
    [...head],
    head.map(() => '---'),
    ...rows.map((row) => [...row]),
  );
  return table.toString();
}
