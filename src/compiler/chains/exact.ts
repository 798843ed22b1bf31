import { Op } from '../wasm/opcodes.ts';
import type { Node } from './nodes.ts';

/** What is left of an operation that changes nothing, not even the sign of a zero; null for any other operation. */
export function unchanged(opcode: number, one: Node, other: Node): Node | null {
  if (opcode === Op.f64Sub && isZero(other) && !Object.is(other.immediate, -0)) return one;
  if (opcode !== Op.f64Add) return null;
  if (isZero(other) && isNeverNegativeZero(one)) return one;
  return isZero(one) && isNeverNegativeZero(other) ? other : null;
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
