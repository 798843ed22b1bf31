import { Op } from '../wasm/opcodes.ts';
import type { Node } from './nodes.ts';
import type { PathTree } from './path-tree.ts';

/** A comparison of two numbers that holds: `low` is below `high`, or equal where that is allowed. */
interface Order {
  readonly low: Node;
  readonly high: Node;
  readonly isStrict: boolean;
}

/**
 * Leaves out tests that follow from later ones on all ways: time only goes on, so that what is not due at the end of a
 * turn was not due before.
 */
export function withoutImplied(tree: PathTree | null, amounts: ReadonlySet<Node>): PathTree | null {
  return simplify(tree, amounts).tree;
}

type Facts = ReadonlyMap<Node, readonly Order[]>;

function simplify(tree: PathTree | null, amounts: ReadonlySet<Node>): { tree: PathTree | null; facts: Facts | null } {
  if (tree === null) return { tree, facts: null };
  if (tree.kind === 'end') return { tree, facts: new Map() };
  if (tree.kind === 'call') {
    const next = simplify(tree.next, amounts);
    return { tree: { ...tree, next: next.tree }, facts: next.facts };
  }
  const yes = simplify(tree.yes, amounts);
  const no = simplify(tree.no, amounts);
  if (yes.facts !== null && no.facts !== null)
    return { tree: { ...tree, yes: yes.tree, no: no.tree }, facts: new Map() };
  const facts = (yes.facts ?? no.facts)!;
  const order = orderOf(tree.test, yes.facts !== null);
  if (order === null) return { tree: { ...tree, yes: yes.tree, no: no.tree }, facts };
  const sides = [order.high, order.low];
  if (sides.some((side) => facts.get(side)?.some((other) => follows(order, other, amounts))))
    return { tree: yes.tree ?? no.tree, facts };
  const more = new Map(facts);
  for (const side of sides) more.set(side, [...(more.get(side) ?? []), order]);
  return { tree: { ...tree, yes: yes.tree, no: no.tree }, facts: more };
}

function follows(order: Order, from: Order, amounts: ReadonlySet<Node>): boolean {
  if (order.isStrict && !from.isStrict) return false;
  return from.high === order.high ? isAtLeast(from.low, order.low, amounts) : isAtLeast(order.high, from.high, amounts);
}

function orderOf({ kind, opcodes, operands }: Node, outcome: boolean): Order | null {
  if (kind !== 'operate') return null;
  const [one, other] = operands;
  switch (opcodes[0]) {
    case Op.f64Lt:
      return outcome ? { low: one, high: other, isStrict: true } : null;
    case Op.f64Gt:
      return outcome ? { low: other, high: one, isStrict: true } : null;
    case Op.f64Le:
      return outcome ? { low: one, high: other, isStrict: false } : { low: other, high: one, isStrict: true };
    case Op.f64Ge:
      return outcome ? { low: other, high: one, isStrict: false } : { low: one, high: other, isStrict: true };
    default:
      return null;
  }
}

/** Whether a sum is made of a value and of things that are not negative. */
function isAtLeast(node: Node, least: Node, amounts: ReadonlySet<Node>): boolean {
  if (node === least) return true;
  if (node.kind !== 'operate') return false;
  const [one, other] = node.operands;
  if (node.opcodes[0] === Op.f64Max) return isAtLeast(one, least, amounts) || isAtLeast(other, least, amounts);
  if (node.opcodes[0] !== Op.f64Add) return false;
  return (
    (isAmount(other, amounts) && isAtLeast(one, least, amounts)) ||
    (isAmount(one, amounts) && isAtLeast(other, least, amounts))
  );
}

/** Whether a number is never negative. */
function isAmount(node: Node, amounts: ReadonlySet<Node>): boolean {
  const { kind, opcodes, operands, immediate } = node;
  if (kind === 'const') return immediate >= 0;
  if (kind === 'choose') return operands.slice(1).every((operand) => isAmount(operand, amounts));
  if (kind !== 'operate') return amounts.has(node);
  if (opcodes[0] === Op.f64ConvertI32U) return true;
  const isKept = opcodes[0] === Op.f64Add || opcodes[0] === Op.f64ConvertI32S;
  return isKept && operands.every((operand) => isAmount(operand, amounts));
}
