import type { Unit } from '../format.ts';
import type { CyclictestOptions } from '../reading/cyclictest-options.ts';

/** What one line of cyclictest's output says. */
export type TextEvent =
  /** First line with `-v`. */
  | { readonly kind: 'start' }
  | { readonly kind: 'header'; readonly latencyUs: number }
  | { readonly kind: 'command'; readonly options: CyclictestOptions }
  | { readonly kind: 'unit'; readonly unit: Unit }
  | { readonly kind: 'policy'; readonly policy: string }
  /** The status that SIGUSR1 asks for while the run goes on. */
  | { readonly kind: 'snapshot' }
  | Status
  | { readonly kind: 'histogram' }
  | Row
  /** Begins with a digit, and yet is no row: noise, or a row that something else was written into. */
  | { readonly kind: 'damaged-row'; readonly text: string }
  | Footer
  | OverflowCycles
  | Sample
  | { readonly kind: 'break'; readonly value: number };

/** A `T:` line: the figures of a thread so far. */
export interface Status {
  readonly kind: 'status';
  readonly thread: number;
  readonly tid: number;
  readonly priority: number;
  readonly intervalUs: number;
  readonly cycles: number;
  readonly min: number;
  readonly avg: number;
  /** Undefined when the line was cut off in or before it. */
  readonly max: number | undefined;
  /** Told by the widths of the fields, unless blanks were lost or a number fills its field. */
  readonly unit: Unit | undefined;
}

/** A bin, then one count for each thread, and with `-H` their sum. */
export interface Row {
  readonly kind: 'row';
  /** Whole numbers, separated by blanks. */
  readonly text: string;
  /** In the six digits that cyclictest prints at least: a row even where no histogram was announced. */
  readonly isPadded: boolean;
}

export interface Footer {
  readonly kind: 'footer';
  readonly name: 'total' | 'min' | 'avg' | 'max' | 'overflows';
  /** One for each thread, and with `-H` mostly a figure for all. */
  readonly values: readonly number[];
}

export interface OverflowCycles {
  readonly kind: 'overflow-cycles';
  readonly thread: number;
  readonly cycles: readonly number[];
  /** True when it says how many more there are: then as many are listed as the histogram has rows. */
  readonly isCapped: boolean;
}

/** A sample printed with `-v`. */
export interface Sample {
  readonly kind: 'sample';
  readonly thread: number;
  readonly cycle: number;
  readonly value: number;
}
