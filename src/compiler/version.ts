import type { CellSet } from './cell-set.ts';
import { UNDEFINED, type Value, type ValueType } from './values.ts';
import type { FunctionCode } from './wasm/code.ts';

/** One compiled version of a function: for one object and for the arguments that are known. */
export interface Version {
  readonly code: { -readonly [Key in keyof FunctionCode]: FunctionCode[Key] };
  isDone: boolean;
  /** What it returns. While it is not done: what calls of itself have been told, null for nothing yet. */
  value: Value;
  predicted: ValueType | null;
  /** Fields that it changes; null for any. */
  writes: CellSet | null;
  /** Fields and constants that its code relies on. */
  touched: ReadonlySet<object>;
  readonly callees: Set<Version>;
}

export function newVersion(name: string): Version {
  return {
    code: { name, index: 0, params: [], locals: [], result: null, body: [] },
    isDone: false,
    value: UNDEFINED,
    predicted: null,
    writes: null,
    touched: new Set(),
    callees: new Set(),
  };
}

/** Versions that rely on what has changed, or call one that does. */
export function versionsThatRelyOn(changed: ReadonlySet<object>, versions: readonly Version[]): Set<Version> {
  const outdated = new Set<Version>();
  const isOutdated = ({ touched, callees }: Version) =>
    [...changed].some((one) => touched.has(one)) || [...callees].some((callee) => outdated.has(callee));
  for (let before = -1; before !== outdated.size; ) {
    before = outdated.size;
    for (const version of versions) if (isOutdated(version)) outdated.add(version);
  }
  return outdated;
}
