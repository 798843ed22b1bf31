import { Op } from '../wasm/opcodes.ts';
import { isField, type Node } from './node.ts';
import type { Nodes } from './nodes.ts';

/**
 * An element of a table that a memo has chosen is at `handle + ((index + memo) << shift)`. Taken together as
 * `(index << shift) + (handle + (memo << shift))` one address is all that has to be remembered, and what is drawn has
 * to wait for nothing. These are the two steps to that; null for any other operation.
 */
export function regrouped(nodes: Nodes, opcode: number, one: Node, other: Node): Node | null {
  if (opcode === Op.i32Shl) return shifted(nodes, one, other);
  return opcode === Op.i32Add ? moved(nodes, one, other) : null;
}

function shifted(nodes: Nodes, { opcodes, operands }: Node, by: Node): Node | null {
  if (opcodes[0] !== Op.i32Add || by.kind !== 'const') return null;
  const [index, memo] = operands[0].kind === 'memo' ? [operands[1], operands[0]] : operands;
  if (memo.kind !== 'memo') return null;
  const [one, other] = [index, memo].map((part) => nodes.operate('i32', [Op.i32Shl], part, by));
  return nodes.operate('i32', [Op.i32Add], one, other);
}

function moved(nodes: Nodes, handle: Node, { opcodes, operands: [index, begin] }: Node): Node | null {
  if (opcodes[0] !== Op.i32Add || !isField(handle) || isField(index) || !isShiftedMemo(begin)) return null;
  return nodes.operate('i32', [Op.i32Add], index, nodes.operate('i32', [Op.i32Add], handle, begin));
}

function isShiftedMemo({ opcodes, operands }: Node): boolean {
  return opcodes[0] === Op.i32Shl && operands[0].kind === 'memo' && operands[1].kind === 'const';
}

/** What is remembered: the memo itself, or the one that decides where a table begins; null for any other value. */
export function memoIn(node: Node): Node | null {
  if (node.kind === 'memo') return node;
  const { kind, opcodes, operands } = node;
  const isBegin = kind === 'operate' && opcodes[0] === Op.i32Add && isShiftedMemo(operands[1]);
  return isBegin && isField(operands[0]) && operands[0].after === null ? operands[1].operands[0] : null;
}
