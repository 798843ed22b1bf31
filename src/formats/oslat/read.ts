import type { Format, ReadOptions, ReadRun } from '../format.ts';
import { type BinBudget, Bins, newBinBudget } from '../reading/bins.ts';
import { linesOf } from '../reading/lines.ts';
import { measuredThread } from '../reading/measured-thread.ts';
import { wholeNumber, wholeNumbers } from '../reading/numbers.ts';
import { invalid, type Place, unusable } from '../reading/problem.ts';

const NS_PER_US = 1000;
const BUCKET = /^[ \t]{0,40}(\d{1,9}) \(us\):([\d \t]*)(\(including overflows\))?$/;
const FIGURE = /^[ \t]{0,40}(Core|Minimum|Average|Maximum|Duration):([\d. \t]*)(?:\((?:us|sec)\))?$/;
type FigureName = 'Core' | 'Minimum' | 'Average' | 'Maximum' | 'Duration';

interface OslatRun {
  readonly line: number;
  readonly buckets: { readonly us: number; readonly counts: readonly number[] }[];
  /** Value of the bucket that holds everything above as well. */
  lastUs: number | undefined;
  readonly figures: Map<FigureName, readonly string[]>;
}

/**
 * oslat's report. It rounds every gap up to whole µs (bucket 1 holds the gaps below 1 µs), where all else
 * rounds down: buckets and figures are taken one µs lower, so that they mean the same as everybody's. The
 * report is in µs always.
 */
export const oslat: Format = {
  name: 'oslat',
  description: 'oslat of rt-tests',
  detect: (text) => (/^oslat V |^ *Core:[ \t]+\d/m.test(text) && /\d \(us\):/.test(text) ? 0.95 : 0),
  read(text, options) {
    const runs: OslatRun[] = [];
    for (const line of linesOf(text, options.file)) {
      const place = { file: options.file, line: line.number };
      if (line.complete) addLine(runs, line.text, place);
    }
    const filled = runs.filter(({ buckets }) => buckets.length > 0);
    if (filled.length === 0) throw unusable('no-results', options.file, 'holds no results of oslat');
    const budget = newBinBudget();
    return filled.map((run) => readRun(run, options, budget));
  },
};

function addLine(runs: OslatRun[], text: string, place: Place): void {
  const figure = FIGURE.exec(text);
  if (figure?.[1] === 'Core') {
    runs.push({ line: place.line, buckets: [], lastUs: undefined, figures: new Map() });
  }
  const run = runs.at(-1);
  if (run === undefined) return;
  if (figure !== null) run.figures.set(figure[1] as FigureName, figure[2].trim().split(/[ \t]+/));
  const bucket = BUCKET.exec(text);
  if (bucket === null) return;
  const us = wholeNumber(bucket[1], place);
  const counts = wholeNumbers(bucket[2], place);
  const cores = run.figures.get('Core')!.length;
  if (counts.length !== cores)
    throw invalid(place, `the bucket has ${counts.length} counts`, `${cores} cores ran`);
  if (us <= (run.buckets.at(-1)?.us ?? 0))
    throw invalid(place, `bucket ${us} is out of order`, 'buckets ascend');
  run.buckets.push({ us, counts });
  if (bucket[3] !== undefined) run.lastUs = us;
}

function readRun(run: OslatRun, { file }: ReadOptions, budget: BinBudget): ReadRun {
  const place = { file, line: run.line };
  const isWhole = run.lastUs !== undefined;
  const duration = run.figures.get('Duration');
  const isBiased = run.figures.get('Core')!.some((_, column) => hidesShortGaps(run, column));
  return {
    partial: !isWhole,
    warnings: [
      ...(isWhole ? [] : ['the end of the report is missing: how many samples there were is not known']),
      ...(isBiased
        ? ['ran with --bias: its first bucket holds all shorter gaps, and its averages are too high']
        : []),
    ],
    facts: {
      tool: 'oslat',
      unit: 'us',
      unit_stated_by: 'text',
      ...(duration === undefined ? {} : { duration_s: duration.map(Number) }),
    },
    measurements: run.figures.get('Core')!.map((core, column) => {
      const bins = new Bins(budget);
      let beyond = 0;
      for (const { us, counts } of run.buckets) {
        if (us === run.lastUs) beyond = counts[column];
        else bins.add(us - 1, counts[column], place);
      }
      const thread = {
        name: core,
        bins,
        samples: isWhole ? bins.count + beyond : null,
        limit: (run.lastUs ?? 1) - 1,
        min: lowered(run, 'Minimum', column),
        max: lowered(run, 'Maximum', column),
        mean: isBiased ? null : lowered(run, 'Average', column),
      };
      return measuredThread(thread, NS_PER_US, place);
    }),
  };
}

/** With `--bias` the minimum lies below the first bucket that has samples. */
function hidesShortGaps({ buckets, figures }: OslatRun, column: number): boolean {
  const first = buckets.find(({ counts }) => counts[column] > 0);
  return first !== undefined && Number(figures.get('Minimum')?.[column]) < first.us;
}

function lowered({ figures }: OslatRun, name: FigureName, column: number): number | null {
  const token = figures.get(name)?.[column];
  return token === undefined || !/^\d{1,15}(?:\.\d{1,9})?$/.test(token)
    ? null
    : Math.max(0, Number(token) - 1);
}
