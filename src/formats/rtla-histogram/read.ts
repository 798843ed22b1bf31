import type { Format, ReadOptions, ReadRun, Unit } from '../format.ts';
import { type BinBudget, Bins, newBinBudget } from '../reading/bins.ts';
import { type Line, linesOf } from '../reading/lines.ts';
import { measuredThread, type SourceThread } from '../reading/measured-thread.ts';
import { wholeNumbers } from '../reading/numbers.ts';
import { invalid, type Place, unusable } from '../reading/problem.ts';
import { knownUnit } from '../reading/unit.ts';

const TITLE = /^# RTLA (timerlat|osnoise) histogram/;
const UNIT = /^# Time unit is \w{1,20} \((us|ns)\)/;
const COLUMN_KINDS: Readonly<Record<string, string>> = { IRQ: 'irq ', Thr: '', Usr: 'user ', CPU: '' };
const SUMMARY = /^(over|count|min|avg|max):[ \t]*(.*)$/;
type SummaryName = 'over' | 'count' | 'min' | 'avg' | 'max';

interface RtlaRun {
  readonly line: number;
  readonly tracer: string;
  unit?: Unit;
  duration?: string;
  columns: string[];
  /** Index of the row, and one count for each column. */
  readonly rows: { readonly index: number; readonly counts: readonly number[] }[];
  /** Undefined for what a column does not have (`-`). */
  readonly summary: Map<SummaryName, readonly (number | undefined)[]>;
  /** The summary over all CPUs, of newer releases, follows; it adds nothing. */
  isDone: boolean;
}

/**
 * `rtla timerlat hist` and `rtla osnoise hist`, with the header and summary that they print unless told not
 * to.
 */
export const rtlaHistogram: Format = {
  name: 'rtla-histogram',
  description: 'rtla timerlat hist and rtla osnoise hist',
  detect: (text) => (/# RTLA (?:timerlat|osnoise) histogram/.test(text) ? 0.95 : 0),
  read(text, options) {
    const runs: RtlaRun[] = [];
    for (const line of linesOf(text, options.file)) {
      const title = TITLE.exec(line.text);
      if (title !== null) runs.push(newRun(line.number, title[1]));
      else if (runs.length > 0)
        addLine(runs[runs.length - 1], line, { file: options.file, line: line.number });
    }
    if (runs.length === 0) throw unusable('no-results', options.file, 'holds no histogram of rtla');
    const budget = newBinBudget();
    return runs.map((run) => readRun(run, options, budget));
  },
};

function newRun(line: number, tracer: string): RtlaRun {
  return { line, tracer, columns: [], rows: [], summary: new Map(), isDone: false };
}

function addLine(run: RtlaRun, { text, complete }: Line, place: Place): void {
  if (!complete && /^\d|:/.test(text) && !text.startsWith('max:')) return;
  if (text.startsWith('ALL:')) run.isDone = true;
  if (run.isDone) return;
  run.unit ??= UNIT.exec(text)?.[1] as Unit | undefined;
  run.duration ??= /^# Duration:[ \t]*(.{1,60})$/.exec(text)?.[1].trim();
  if (text.startsWith('Index')) run.columns = columnNames(text, place);
  const summary = SUMMARY.exec(text);
  if (summary !== null) {
    run.summary.set(summary[1] as SummaryName, figures(summary[2], place));
  } else if (/^\d/.test(text)) {
    const [index, ...counts] = wholeNumbers(text, place);
    if (counts.length !== run.columns.length) {
      throw invalid(
        place,
        `the row has ${counts.length} counts`,
        `${run.columns.length} columns were announced`,
      );
    }
    const before = run.rows.at(-1)?.index ?? -1;
    if (index <= before) throw invalid(place, `row ${index} follows row ${before}`, 'rows ascend');
    run.rows.push({ index, counts });
  }
}

/**
 * `IRQ-000` is the timer interrupt of CPU 0, `Thr-000` the thread that it wakes, `Usr-000` its user space.
 */
function columnNames(header: string, place: Place): string[] {
  return header
    .trim()
    .split(/[ \t]+/)
    .slice(1)
    .map((column) => {
      const match = /^(IRQ|Thr|Usr|CPU)-(\d{1,6})$/.exec(column);
      if (match === null)
        throw invalid(place, `unknown column "${column}"`, 'IRQ-, Thr-, Usr- or CPU- and a number');
      return `${COLUMN_KINDS[match[1]]}${Number(match[2])}`;
    });
}

/** Means have decimals in newer releases. */
function figures(text: string, place: Place): (number | undefined)[] {
  return text
    .trim()
    .split(/[ \t]+/)
    .map((token) => {
      if (token === '-' || token === '') return undefined;
      if (!/^\d{1,15}(?:\.\d{1,6})?$/.test(token)) throw invalid(place, `"${token}" is not a number`);
      return Number(token);
    });
}

function readRun(run: RtlaRun, options: ReadOptions, budget: BinBudget): ReadRun {
  const place = { file: options.file, line: run.line };
  if (run.columns.length === 0)
    throw invalid(place, 'the histogram has no "Index" line', 'without --no-header');
  const unit = knownUnit(run.unit, options, place, '--unit us, or --unit ns if rtla ran with -n');
  const width = bucketSize(run);
  const isWhole = run.summary.has('count') && run.summary.has('over');
  const threads = run.columns.map((name, column) => columnThread(run, name, column, width, budget, place));
  return {
    partial: !isWhole,
    warnings: [
      ...unit.warnings,
      ...(isWhole ? [] : ['the end of the histogram is missing: how many samples there were is not known']),
    ],
    facts: {
      tool: `rtla ${run.tracer}`,
      unit: unit.unit,
      unit_stated_by: unit.statedBy,
      ...(run.duration === undefined ? {} : { duration: run.duration }),
      bucket_size: width,
    },
    measurements: threads.map((thread) => measuredThread(thread, unit.nsPerUnit, place, width)),
  };
}

/**
 * `-b` is not printed. The indices are multiples of it, so that their greatest common divisor is a width in
 * which every sample lies for certain; it is the bucket size itself unless buckets were filled in a coarser
 * pattern.
 */
function bucketSize({ rows, summary }: RtlaRun): number {
  const divisor = rows.reduce((size, { index }) => greatestCommonDivisor(size, index), 0);
  const maxima = (summary.get('max') ?? []).map((value) => value ?? 0);
  return divisor || Math.max(0, ...maxima) + 1;
}

function columnThread(
  { rows, summary }: RtlaRun,
  name: string,
  column: number,
  width: number,
  budget: BinBudget,
  place: Place,
): SourceThread {
  const bins = new Bins(budget);
  for (const { index, counts } of rows) bins.add(index / width, counts[column], place);
  const stated = (figure: SummaryName) => summary.get(figure)?.[column];
  const over = stated('over');
  const count = summary.has('count') && over !== undefined ? (stated('count') ?? 0) : null;
  if (count !== null && count !== bins.count + over!) {
    const message = `column ${name} counts ${count} samples, but has ${bins.count} in rows and ${over} over`;
    throw invalid(place, message, 'rows were lost or changed');
  }
  const limit = (rows.at(-1)?.index ?? -1) + 1;
  return { name, bins, samples: count, limit, min: stated('min'), max: stated('max'), mean: stated('avg') };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
