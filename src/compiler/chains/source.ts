import type { FunctionCode } from '../wasm/code.ts';

/** What chains are made from, besides a machine in memory. */
export interface ChainSource {
  /** Runs the machine for so many samples; 0 if it has come to its end. */
  readonly entry: FunctionCode;
  /** Addresses of fields that nothing changes while a machine is in memory. */
  readonly constants: ReadonlySet<number>;
  readonly logs: readonly Log[];
  /** Of fields that hold an array of numbers that are never negative. */
  readonly amounts: readonly number[];
  /** Null where nothing is remembered. */
  readonly memo: MemoRange | null;
}

/** Arrays whose elements mean nothing from a length on: addresses of the fields that hold the length and them. */
export interface Log {
  readonly length: number;
  readonly elements: readonly number[];
}

/**
 * Where in the object that a memo's function is given it leaves the range of the number for which its result holds:
 * not below the one field, but below the other. Neither is negative.
 */
export interface MemoRange {
  readonly from: number;
  readonly below: number;
}
