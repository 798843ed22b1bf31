import type { ResultDocument, ThreadResult } from '../measurement/result-document.ts';

/** Units in which a source may count latencies. */
export type Unit = 'us' | 'ns';

export interface ReadOptions {
  /** Name of the input as the user gave it ("-" for standard input): shown in errors. */
  readonly file: string;
  /** Unit of the latencies for text that does not state its own. */
  readonly unit?: Unit;
  /** TSC frequency in kHz for text that counts latencies in TSC cycles without stating it. */
  readonly tscKhz?: number;
}

/**
 * One run of a file: what its format tells of a result document. `facts` and `warnings` add to the reader's
 * own.
 */
export type ReadRun = Partial<Omit<ResultDocument, 'measurements'>> & {
  readonly measurements: readonly ThreadResult[];
};

/** One format that kvmtimer reads. */
export interface Format {
  /** What `--from` accepts. */
  readonly name: string;
  /** One line for the list of formats. */
  readonly description: string;
  /** How surely `text` is of this format, from 0 (not at all) to 1 (it says so itself). Never throws. */
  detect(text: string): number;
  /** Every run of the text, in order, at least one. Throws a UserError that names file and line. */
  read(text: string, options: ReadOptions): readonly ReadRun[];
}
