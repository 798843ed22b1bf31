import type { Compilation } from './compilation.ts';
import { isInt32, unknown, type Value } from './values.ts';
import { i32 } from './wasm/code.ts';

/** A known number as one that is not known, a known object by its address: for code that serves all alike. */
export function generalized({ builder, heap }: Compilation, value: Value): Value {
  const isNumber = value.known ? isInt32(value.value) : value.type === 'choice';
  if (isNumber) return unknown('i32', builder.convert.int32(value));
  const placed = value.known ? heap.structs.of(value.value) : null;
  if (placed === null) return value;
  return { known: false, type: 'pointer', code: i32(placed.address), struct: placed.struct };
}
