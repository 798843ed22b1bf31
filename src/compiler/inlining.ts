import type { FunctionBuilder } from './builder.ts';
import type { FunctionRef } from './functions.ts';
import type { FunctionNode } from './source.ts';
import { UNDEFINED, Unsupported, type Value } from './values.ts';

/** Functions of at most so many nodes are compiled where they are called. */
const SMALL = 90;
/** As long as what they are compiled into has at most so many locals; beyond, only the smallest. */
export const ENOUGH = 1500;
export const TINY = 25;
/** A function whose code came to more statements than these when it was compiled into its caller is called. */
const LONG = 100;

/** How large a function may be to be compiled where it is called. */
export function limitFor({ self }: FunctionRef, values: readonly Value[], isCrowded: boolean): number {
  const isGeneral = self === UNDEFINED && values.every((value) => !value.known);
  return isGeneral || isCrowded ? TINY : SMALL;
}

/** Statements that functions have come to, with all that was compiled into them. */
export class Lengths {
  private readonly known = new Map<FunctionNode, number>();

  note({ node }: FunctionRef, statements: number): void {
    this.known.set(node, Math.max(this.known.get(node) ?? 0, statements));
  }

  isLong({ node }: FunctionRef): boolean {
    return (this.known.get(node) ?? 0) > LONG;
  }
}

/** Code in place of a call, marked as a value that depends on the arguments alone. */
export function asMemo(builder: FunctionBuilder, values: readonly Value[], inline: () => Value): Value {
  const operands = values.map((value) => builder.convert.as(value.known ? 'f64' : value.type, value));
  const held: Value[] = [];
  const body = builder.inList(() => {
    held.push(builder.steady(inline()));
  });
  const [result] = held;
  if (result.known || result.code.op !== 'get') throw new Unsupported('a memo without a local');
  builder.emit({ op: 'sequence', body, memo: { operands, result: result.code.local } });
  return result;
}
