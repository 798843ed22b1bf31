import type { Measurement } from '../measurement/measurement.ts';
import type { ResultDocument, ThreadResult } from '../measurement/result-document.ts';
import { ExitCode, UserError } from '../user-error.ts';
import { coarsen, commonWidthNs, pool } from './grid.ts';
import type { Side } from './side.ts';

/** The runs of every side for one thread, all in bins of one width. */
export interface ThreadRuns {
  readonly name: string;
  readonly binWidthNs: number;
  /** Bin widths before they were brought together, ascending. */
  readonly originalWidthsNs: readonly number[];
  /** Per side, in the sides' order; one measurement per run, or a single one when they were pooled. */
  readonly sides: readonly (readonly Measurement[])[];
}

export interface MatchedThreads {
  readonly threads: readonly ThreadRuns[];
  /** Names that only some of the runs have. */
  readonly leftOut: readonly string[];
}

export interface ThreadOptions {
  /** Add the runs of a side together instead of taking each as one repetition. */
  readonly pool?: boolean;
  /** Add the threads of a run together. */
  readonly mergeThreads?: boolean;
}

/** Matches threads by name; where every run has but one, by being the only one. Throws when none is in common. */
export function matchThreads(sides: readonly Side[], options: ThreadOptions = {}): MatchedThreads {
  const documents = sides.flatMap((side) => side.runs.map((run) => run.document));
  const exact = documents.every((document) => document.measurements.every((one) => one.cycles !== null));
  const only = options.mergeThreads || documents.every((document) => document.measurements.length === 1);
  const all = new Set(documents.flatMap((document) => document.measurements.map((one) => one.name)));
  const names = only ? [all.size === 1 ? [...all][0]! : 'all'] : commonThreads(documents);
  if (names.length === 0 || documents.some((document) => document.measurements.length === 0)) {
    throw nothingInCommon(sides);
  }
  const runOf = (document: ResultDocument, name: string) =>
    only ? pool(document.measurements.map(plain(exact)), name) : plain(exact)(threadOf(document, name));
  const threads = names.map((name) => {
    const perSide = sides.map(({ runs }) => {
      const found = runs.map(({ document }) => runOf(document, name));
      return options.pool ? [pool(found)] : found;
    });
    return onOneGrid(name, perSide);
  });
  return { threads, leftOut: only ? [] : [...all].filter((name) => !names.includes(name)) };
}

function onOneGrid(name: string, sides: readonly (readonly Measurement[])[]): ThreadRuns {
  const originalWidthsNs = [...new Set(sides.flat().map((one) => one.binWidthNs))].sort((a, b) => a - b);
  const binWidthNs = commonWidthNs(originalWidthsNs);
  const brought = sides.map((runs) => runs.map((run) => coarsen(run, binWidthNs)));
  return { name, binWidthNs, originalWidthsNs, sides: brought };
}

/** The measurement part; its mean is kept only where all inputs state theirs exactly. */
function plain(exact: boolean): (thread: ThreadResult) => Measurement {
  return ({ name, binWidthNs, bins, censored, samples, minNs, maxNs, meanNs }) => ({
    name,
    binWidthNs,
    bins,
    censored,
    samples,
    minNs,
    maxNs,
    meanNs: exact ? meanNs : null,
  }); // prettier-ignore
}

function threadOf(document: ResultDocument, name: string): ThreadResult {
  return document.measurements.find((one) => one.name === name)!;
}

function commonThreads(documents: readonly ResultDocument[]): string[] {
  const [first, ...others] = documents.map((document) => document.measurements.map((one) => one.name));
  return first!.filter((name) => others.every((names) => names.includes(name)));
}

function nothingInCommon(sides: readonly Side[]): UserError {
  const problems = sides.map(({ runs }) => {
    const names = runs[0]!.document.measurements.map((one) => `"${one.name}"`);
    return {
      file: runs[0]!.file,
      message: `has ${names.length === 0 ? 'no measurements' : `the threads ${names.join(', ')}`}`,
    };
  });
  const last = {
    message: 'the inputs have no thread in common',
    hint: '--merge-threads adds the threads of each run together',
  };
  return new UserError('not-comparable', [...problems, last], ExitCode.notComparable);
}
