import { Chalk, type ChalkInstance } from 'chalk';
import Table from 'cli-table3';
import type { ResultDocument } from '../../measurement/result-document.ts';
import { visible } from '../../user-error.ts';
import { type Band, bandsFor, countBands } from './bands.ts';
import { bar } from './bar.ts';
import { type Column, columnsOf } from './column.ts';
import { BEYOND_MARK, figures } from './figures.ts';
import { parameters } from './parameters.ts';

export interface TableOptions {
  /** Width of the terminal in characters. */
  readonly columns: number;
  readonly color: boolean;
}

interface Layout {
  readonly chalk: ChalkInstance;
  readonly columnWidth: number;
  readonly bands: readonly Band[];
  /** The share of samples that fills a bar. */
  readonly fullShare: number;
}

const LABEL_WIDTH = 10;
const MIN_COLUMN_WIDTH = 28;
const MAX_COLUMN_WIDTH = 60;
const COUNT_WIDTH = 10;

/** Histograms as bars, figures and parameters of several results side by side, as many as the width holds. */
export function renderTable(documents: readonly ResultDocument[], options: TableOptions): string {
  const chalk = new Chalk({ level: options.color ? 1 : 0 });
  const columns = columnsOf(documents);
  const bands = bandsFor(columns.map(({ thread }) => thread));
  const shares = columns.flatMap(({ thread }) =>
    countBands(thread, bands).map((n) => n / (thread.samples || 1)),
  );
  const room = Math.max(MIN_COLUMN_WIDTH, options.columns - LABEL_WIDTH);
  const abreast = Math.min(columns.length, Math.floor(room / MIN_COLUMN_WIDTH));
  const columnWidth = Math.min(MAX_COLUMN_WIDTH, Math.floor(room / abreast));
  const layout: Layout = { chalk, columnWidth, bands, fullShare: Math.max(0, ...shares) };

  const tables: string[] = [];
  for (let first = 0; first < columns.length; first += abreast) {
    tables.push(tableOf(columns.slice(first, first + abreast), layout));
  }
  const text = `${tables.join('\n\n')}\n`;
  const footnote = text.includes(` ${BEYOND_MARK}`) ? `\n${BEYOND_MARK} beyond the histogram` : '';
  return `${text}\n${chalk.dim(`latencies in µs${footnote}`)}\n`;
}

function tableOf(columns: readonly Column[], layout: Layout): string {
  const { chalk, columnWidth, bands } = layout;
  const table = new Table({
    head: ['', ...columns.map(({ title }) => chalk.bold(visible(title)))],
    colWidths: [LABEL_WIDTH, ...columns.map(() => columnWidth)],
    wordWrap: true,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    chars: WITHOUT_BORDERS,
  });
  const rule = ['─'.repeat(LABEL_WIDTH - 2), ...columns.map(() => '─'.repeat(columnWidth - 2))];
  const labelled = (label: string, texts: readonly string[]) => [chalk.dim(label), ...texts];
  const painted = columns.map((column) => barColumn(column, layout));
  table.push(rule);
  bands.forEach((band, row) => {
    table.push(
      labelled(
        bandLabel(band),
        painted.map((lines) => lines[row]),
      ),
    );
  });
  table.push(rule);
  table.push(
    ...section(
      columns.map(({ thread, document }) => figures(thread, document)),
      labelled,
    ),
  );
  table.push(rule);
  table.push(
    ...section(
      columns.map(({ document }) => parameters(document)),
      labelled,
    ),
  );
  return table.toString().replace(/ +$/gm, '');
}

type Labelled = readonly (readonly [label: string, text: string])[];

/** Rows for the labels of all columns; a column that lacks one stays empty there. */
function section(
  columns: readonly Labelled[],
  labelled: (label: string, texts: string[]) => string[],
): string[][] {
  const labels = [...new Set(columns.flatMap((column) => column.map(([label]) => label)))];
  return labels.map((label) =>
    labelled(
      label,
      columns.map((column) => visible(column.find(([name]) => name === label)?.[1] ?? '')),
    ),
  );
}

/** Bars in green up to the 99 % quantile, yellow up to 99.9 %, red beyond. */
function barColumn({ thread }: Column, { chalk, columnWidth, bands, fullShare }: Layout): string[] {
  const width = columnWidth - 2 - COUNT_WIDTH;
  const samples = thread.samples || 1;
  let before = 0;
  return countBands(thread, bands).map((count) => {
    const color = before < 0.99 * samples ? chalk.green : before < 0.999 * samples ? chalk.yellow : chalk.red;
    before += count;
    const text = bar(count / samples / fullShare, width);
    return `${color(text)}${' '.repeat(width - text.length)}${String(count || '').padStart(COUNT_WIDTH)}`;
  });
}

function bandLabel({ fromUs, toUs }: Band): string {
  if (toUs === Number.POSITIVE_INFINITY) return `≥ ${fromUs}`;
  return toUs - fromUs === 1 ? String(fromUs) : `${fromUs}–${toUs - 1}`;
}

const WITHOUT_BORDERS = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid', 'left-mid', 'mid-mid', 'right-mid', 'middle']
    .flatMap((name) =>
      name === 'top' || name === 'bottom' ? [name, `${name}-mid`, `${name}-left`, `${name}-right`] : [name],
    )
    .map((name) => [name, '']),
);
