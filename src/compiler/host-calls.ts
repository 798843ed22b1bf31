import type { Compilation } from './compilation.ts';
import type { FunctionRef } from './functions.ts';
import { isPure } from './purity.ts';
import { UNDEFINED, Unsupported, unknown, type Value } from './values.ts';
import { type Expression, get, type WasmType } from './wasm/code.ts';

/** Leaves a function to the model itself. */
export function callHost(compilation: Compilation, ref: FunctionRef, values: readonly Value[]): Value {
  const { builder, heap, hosts, functions } = compilation;
  const returns = functions.returnsOf(ref.node);
  if (returns === 'anything') throw new Unsupported(`${ref.name}, whose result is not known to be a number`);
  const pure = isPure(ref, heap);
  const result: WasmType | null = returns === 'nothing' ? null : 'f64';
  const key = `${ref.name} ${compilation.keyOf(ref, values)}`;
  const host = hosts.callOf(ref, key, values, result, pure);
  const operands = values.filter((value) => !value.known).map((value) => toHost(compilation, value));
  const local = result === null ? null : builder.newLocal('f64', true);
  builder.call(host, operands, local, false);
  if (!pure) builder.forget(null);
  if (local === null) return UNDEFINED;
  // A number or null.
  const number = unknown('nullable', get(local));
  return returns === 'bool' ? unknown('bool', builder.convert.bool(number)) : number;
}

function toHost({ builder }: Compilation, value: Value): Expression {
  const isPointer = !value.known && value.type === 'pointer';
  return builder.convert.f64(isPointer ? unknown('i32', value.code) : value);
}
