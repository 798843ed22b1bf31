import type { ResultDocument } from '../measurement/result-document.ts';

/** One side of a comparison: a run, or several runs of the same thing. */
export interface Side {
  readonly label: string;
  readonly runs: readonly Run[];
}

export interface Run {
  /** The file as the user named it. */
  readonly file: string;
  readonly document: ResultDocument;
}
