import { Op } from '../wasm/opcodes.ts';
import type { Node } from './node.ts';
import type { Nodes } from './nodes.ts';

/** What an operation comes to that is decided by one of its parts, bit by bit; null for any other operation. */
export function decided(nodes: Nodes, opcode: number, one: Node, other: Node): Node | null {
  switch (opcode) {
    case Op.f64Lt:
      return isInfinity(one) ? nodes.constant('i32', 0) : null;
    case Op.f64Gt:
      return isInfinity(other) ? nodes.constant('i32', 0) : null;
    case Op.f64Min:
      return isInfinity(one) ? other : isInfinity(other) ? one : null;
    case Op.f64Sub:
      return isZero(other) && !Object.is(other.immediate, -0) ? one : null;
    case Op.f64Add:
      if (isZero(other) && isNeverNegativeZero(one)) return one;
      return isZero(one) && isNeverNegativeZero(other) ? other : null;
    default:
      return null;
  }
}

export function isInfinity({ kind, immediate }: Node): boolean {
  return kind === 'const' && immediate === Number.POSITIVE_INFINITY;
}

function isZero({ kind, immediate }: Node): boolean {
  return kind === 'const' && immediate === 0;
}

function isNeverNegativeZero({ kind, opcodes, operands, immediate }: Node): boolean {
  if (kind === 'const') return !Object.is(immediate, -0);
  if (kind !== 'operate') return false;
  if (opcodes[0] === Op.f64ConvertI32U || opcodes[0] === Op.f64ConvertI32S) return true;
  // A sum is -0 only if both of its parts are.
  return opcodes[0] === Op.f64Add && operands.some(isNeverNegativeZero);
}
