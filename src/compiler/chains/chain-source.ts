import type { Log } from './image.ts';
import type { FunctionCode } from '../wasm/code.ts';

/** What chains are made from, besides a machine in memory. */
export interface ChainSource {
  /** Runs the machine for so many samples. */
  readonly entry: FunctionCode;
  /** Addresses of fields that nothing changes once a machine is in memory. */
  readonly constants: ReadonlySet<number>;
  readonly logs: readonly Log[];
  /** Of fields that hold arrays of numbers that are never negative. */
  readonly amounts: readonly number[];
  /** Null where nothing is remembered. */
  readonly memo: MemoSource | null;
}

export interface MemoSource {
  /** Where in the object that the function is given first it leaves the range that its value holds for. */
  readonly from: number;
  readonly below: number;
}
