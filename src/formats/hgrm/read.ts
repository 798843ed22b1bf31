import type { Format, ReadOptions, ReadRun, Unit } from '../format.ts';
import { Bins, newBinBudget } from '../reading/bins.ts';
import { linesOf } from '../reading/lines.ts';
import { measuredThread } from '../reading/measured-thread.ts';
import { inNanoseconds, wholeNumber } from '../reading/numbers.ts';
import { invalid, type Place, unusable } from '../reading/problem.ts';
import { knownUnit } from '../reading/unit.ts';

const HEADER = /^[ \t]{0,40}Value[ \t]{1,40}Percentile[ \t]{1,40}TotalCount/;
const ROW = /^[ \t]{0,40}(\d{1,15}(?:\.\d{1,9})?)[ \t]{1,40}([01]\.\d{1,20})[ \t]{1,40}(\d{1,17})(?:[ \t]|$)/;
const MEAN = /\[Mean[ \t]{0,20}=[ \t]{0,20}(\d{1,15}\.?\d{0,9}),/;
const MAX =
  /\[Max[ \t]{0,9}=[ \t]{0,20}(\d{1,15}\.?\d{0,9}),[ \t]{0,9}Total count[ \t]{0,9}=[ \t]{0,20}(\d{1,17})\]/;

interface Percentiles {
  line: number;
  readonly rows: { readonly value: number; readonly total: number; readonly line: number }[];
  mean?: number;
  max?: number;
  samples?: number;
  unit?: Unit;
}

/** The percentile distribution that HdrHistogram's tools print. Its unit is whatever was recorded. */
export const hgrm: Format = {
  name: 'hgrm',
  description: 'percentile distribution of HdrHistogram (.hgrm)',
  detect: (text) => (/^[ \t]{0,40}Value[ \t]{1,40}Percentile[ \t]{1,40}TotalCount/m.test(text) ? 0.95 : 0),
  read(text, options) {
    const runs = distributionsOf(text, options.file).filter(({ rows }) => rows.length > 0);
    if (runs.length === 0) throw unusable('no-results', options.file, 'holds no percentile distribution');
    return runs.map((run) => readRun(run, options));
  },
};

function distributionsOf(text: string, file: string): Percentiles[] {
  const runs: Percentiles[] = [];
  let unit: Unit | undefined;
  for (const { number, text: line, complete } of linesOf(text, file)) {
    const place = { file, line: number };
    unit = (/^#.*\bunit:? ?=? ?(us|ns)\b/.exec(line)?.[1] as Unit | undefined) ?? unit;
    if (HEADER.test(line)) {
      runs.push({ line: number, rows: [], unit });
      unit = undefined;
    } else if (complete && runs.length > 0) {
      addLine(runs[runs.length - 1], line, place);
    }
  }
  return runs;
}

function addLine(run: Percentiles, line: string, place: Place): void {
  const row = ROW.exec(line);
  if (row !== null) {
    const total = wholeNumber(row[3], place);
    const before = run.rows.at(-1);
    if (before !== undefined && (total < before.total || Number(row[1]) < before.value)) {
      throw invalid(place, 'value and count are lower than in the row before', 'a distribution ascends');
    }
    run.rows.push({ value: Number(row[1]), total, line: place.line });
    return;
  }
  const mean = MEAN.exec(line);
  if (mean !== null) run.mean = Number(mean[1]);
  const max = MAX.exec(line);
  if (max !== null) [run.max, run.samples] = [Number(max[1]), wholeNumber(max[2], place)];
}

function readRun(run: Percentiles, options: ReadOptions): ReadRun {
  const place = { file: options.file, line: run.line };
  const unit = knownUnit(run.unit, options, place, '--unit us or --unit ns, as it was recorded');
  const toNs = (value: number) => inNanoseconds(Math.round(value * unit.nsPerUnit), 1, place);
  const bins = new Bins(newBinBudget());
  let before = 0;
  for (const { value, total } of run.rows) {
    bins.add(toNs(Math.min(value, run.max ?? value)), total - before, place);
    before = total;
  }
  const { samples = null } = run;
  if (samples !== null && samples < before) {
    throw invalid(
      place,
      `Total count is ${samples}, but its rows count ${before}`,
      'the summary is of another run',
    );
  }
  const last = run.rows[run.rows.length - 1];
  const thread = {
    name: '0',
    bins,
    samples,
    limit: toNs(last.value),
    max: run.max === undefined ? null : toNs(run.max),
  };
  return {
    partial: samples === null,
    warnings: [
      ...unit.warnings,
      'quantiles are exact at the printed percentiles; between them they are rounded up to the next',
      ...(samples === null ? ['the summary is missing: how many samples there were is not known'] : []),
    ],
    facts: { tool: 'HdrHistogram', unit: unit.unit, unit_stated_by: unit.statedBy },
    measurements: [
      {
        ...measuredThread(thread, 1, place),
        meanNs: run.mean === undefined ? null : run.mean * unit.nsPerUnit,
      },
    ],
  };
}
