import type { Format, ReadOptions, ReadRun } from '../format.ts';
import { newBinBudget } from '../reading/bins.ts';
import { linesOf } from '../reading/lines.ts';
import { measuredThread } from '../reading/measured-thread.ts';
import { unusable } from '../reading/problem.ts';
import { knownUnit } from '../reading/unit.ts';
import { runFacts, runWarnings } from './facts.ts';
import { lineEvent } from './line-event.ts';
import { TextRun } from './run.ts';

const ASK_FOR_UNIT = '--unit us, or --unit ns if cyclictest ran with -N';

/** Everything that cyclictest prints on its terminal, of releases 0.85 to 2.10. */
export const cyclictestText: Format = {
  name: 'cyclictest-text',
  description: 'cyclictest output: histogram (-h, -H, --histfile), T: lines, -v samples',
  detect(text) {
    if (/# Histogram[ \t\r]*$|# (?:Min|Avg|Max) Latencies:|T:[ \d]{1,9}\([ \d]{1,9}\) P:/m.test(text))
      return 0.9;
    if (/# \/dev\/cpu_dma_latency set to|# Thread \d+ Interval: /.test(text)) return 0.6;
    return /^ *\d+: +\d+: +-?\d+\r?$|^\d{6,} \d{6,}(?:\t\d{6,})*\r?$/m.test(text) ? 0.5 : 0;
  },
  read(text, options) {
    const runs = runsOf(text, options.file).filter((run) => run.hasResults);
    if (runs.length === 0) throw noResults(text, options.file);
    return runs.map((run) => readRun(run, options));
  },
};

/** Splits the lines by who printed them and by where a run begins; in order of their beginnings. */
function runsOf(text: string, file: string): TextRun[] {
  const runs: TextRun[] = [];
  const current = new Map<string, TextRun>();
  const budget = newBinBudget();
  for (const line of linesOf(text, file)) {
    const event = lineEvent(line, file);
    let run = current.get(line.label);
    if (event === undefined) {
      if (!line.complete && run !== undefined && line.text !== '') run.isCut = true;
      continue;
    }
    if (run?.accepts(event) !== true) {
      run = new TextRun(line.number, line.label, budget);
      current.set(line.label, run);
      runs.push(run);
    }
    run.add(event, { file, line: line.number });
  }
  return runs;
}

function readRun(run: TextRun, options: ReadOptions): ReadRun {
  const place = { file: options.file, line: run.line };
  const commanded = run.command === undefined ? undefined : run.command.nanoseconds ? 'ns' : 'us';
  const unit = knownUnit(run.unit ?? commanded, options, place, ASK_FOR_UNIT);
  const threads = run.threads();
  return {
    partial: isPartial(run),
    facts: runFacts(run, unit),
    warnings: [...unit.warnings, ...runWarnings(run, threads)],
    measurements: threads.map((thread) => measuredThread(thread, unit.nsPerUnit, place)),
  };
}

/** Whether the run went on after what this text tells of it. */
function isPartial({ histogram, isCut, isSnapshot, status }: TextRun): boolean {
  if (histogram !== undefined) return !histogram.isWhole;
  return isCut || isSnapshot || [...status.values()].some(({ max }) => max === undefined);
}

function noResults(text: string, file: string) {
  if (/^Usage:/m.test(text) && text.includes('cyclictest <options>')) {
    return unusable(
      'no-results',
      file,
      'holds the usage text of cyclictest, no results',
      'did cyclictest refuse its options?',
    );
  }
  const hint = 'cyclictest was killed before its summary, or wrote it to its --histfile or --json file';
  return unusable('no-results', file, 'holds no results of cyclictest', hint);
}
