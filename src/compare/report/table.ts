import { visible } from '../../user-error.ts';
import type { ComparedRow, Comparison, DistributionTests, ThreadComparison } from '../comparison.ts';
import { metricName } from '../metric.ts';
import type { TestResult } from '../statistics/counts.ts';
import { changeCells, formatEstimate, formatP } from './numbers.ts';
import { type Palette, PLAIN } from './palette.ts';

interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
  readonly align?: 'left';
}

/** The comparison as benchstat lays it out: one row per figure, footnotes below. Latencies are in µs. */
export function renderTable(comparison: Comparison, palette: Palette = PLAIN): string {
  const tables = comparison.threads.map((thread) => {
    const title =
      comparison.threads.length > 1 ? `${palette.heading(`thread ${visible(thread.name)}`)}\n` : '';
    return `${title}${layOut(rowsOf(comparison, thread, palette))}${testLines(comparison, thread)}`;
  });
  const notes = comparison.footnotes.map((note, index) => palette.faint(`[${index + 1}] ${visible(note)}\n`));
  return `${tables.join('\n')}${notes.length > 0 ? '\n' : ''}${notes.join('')}`;
}

function rowsOf(comparison: Comparison, thread: ThreadComparison, palette: Palette): Cell[][] {
  const [baseline, ...others] = comparison.sides.map((side) => visible(side.label));
  const heading = (text: string): Cell => ({ text, paint: palette.heading });
  const changeHeadings = [`vs ${baseline}`, '', ''].map(heading);
  const head = [
    heading('us'),
    heading(baseline!),
    ...others.flatMap((label) => [heading(label), ...changeHeadings]),
  ];
  const counts = thread.samples.map((samples) => ({ text: samples === null ? '?' : String(samples) }));
  const blank = [{ text: '' }, { text: '' }, { text: '' }];
  const [firstCount, ...otherCounts] = counts;
  const samples = [left('samples'), firstCount!, ...otherCounts.flatMap((cell) => [cell, ...blank])];
  return [head, samples, ...thread.rows.map((row) => figureCells(row, thread.binWidthNs, palette))];
}

function figureCells(
  { metric, estimates, changes }: ComparedRow,
  binWidthNs: number,
  palette: Palette,
): Cell[] {
  const [first, ...others] = estimates.map((estimate) => ({
    text: formatEstimate(metric, estimate, binWidthNs),
  }));
  const cells = others.flatMap((cell, index) => {
    const change = changes[index]!;
    const moved = change?.significant && change.delta !== 0;
    const paint = moved ? (change.delta < 0 ? palette.better : palette.worse) : undefined;
    const [delta, percent, p] = changeCells(metric, change, binWidthNs);
    return [cell, { text: delta, paint }, { text: percent, paint }, { text: p, align: 'left' as const }];
  });
  return [left(metricName(metric)), first!, ...cells];
}

function left(text: string): Cell {
  return { text, align: 'left' };
}

/** Columns two spaces apart, aligned right but for those that say otherwise. */
function layOut(rows: readonly (readonly Cell[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.text.length)));
  const line = (row: readonly Cell[]) => {
    const cells = row.map(({ text, paint = PLAIN.faint, align }, column) => {
      const gap = ' '.repeat(widths[column]! - text.length);
      return align === 'left' || column === 0 ? `${paint(text)}${gap}` : `${gap}${paint(text)}`;
    });
    return `${cells.join('  ').trimEnd()}\n`;
  };
  return rows.map(line).join('');
}

function testLines(comparison: Comparison, thread: ThreadComparison): string {
  return thread.tests
    .map((tests, index) => ('reason' in tests ? '' : testLine(comparison, index + 1, tests)))
    .join('');
}

function testLine({ sides }: Comparison, side: number, tests: DistributionTests): string {
  const { kolmogorovSmirnov, mannWhitney, andersonDarling } = tests;
  const label = visible(sides[side]!.label);
  const figure = (name: string, { statistic, p }: TestResult, digits: number) =>
    `${name}=${statistic.toFixed(digits)} (${formatP(p)})`;
  const superiority = `P(${label} slower)=${mannWhitney.superiority.toFixed(3)}`;
  const shape = [
    `Mann-Whitney ${superiority} (${formatP(mannWhitney.p)})`,
    `Kolmogorov-Smirnov ${figure('D', kolmogorovSmirnov, 4)}`,
    `Anderson-Darling ${figure('A2', andersonDarling, 2)}`,
  ];
  return `distribution of ${label} vs ${visible(sides[0]!.label)}:\n${shape.map((text) => `  ${text}\n`).join('')}`;
}
