import { Op } from '../wasm/opcodes.ts';
import { isInfinity } from './exact.ts';
import type { Node } from './node.ts';
import { pairOf } from './nodes.ts';
import type { PathTree, TestTree } from './path-tree.ts';

/** A comparison that holds: `low` is below `high`, or equal unless it is strict. */
interface Order {
  readonly low: Node;
  readonly high: Node;
  readonly isStrict: boolean;
  /** It was asked for as such, and not for its opposite, which a NaN would deny too. */
  readonly isProved: boolean;
}

/** Comparisons that hold on one way from a point to its end, by the values that they compare. */
type Facts = ReadonlyMap<Node, readonly Order[]>;

interface Simplified {
  readonly tree: PathTree | null;
  /** Of each way. */
  readonly ways: readonly Facts[];
}

/**
 * Leaves out tests that follow from others, earlier ones or later ones on all ways. Time only goes on: what is not due
 * at the end of a turn was not due before, and what is over is over; neither need have been asked at each stage.
 */
export class ImpliedTests {
  /** What has been found out before: there are many ways from one value to another. */
  private readonly atLeast = new Map<number, boolean>();
  private readonly amountsKnown = new Map<Node, boolean>();

  /** `amounts`: elements of arrays that are never negative. */
  constructor(private readonly amounts: ReadonlySet<Node>) {}

  without(tree: PathTree): PathTree {
    return this.simplify(this.behind(tree, new Map())!).tree!;
  }

  // --- what follows from earlier tests ---------------------------------------------------------------------------

  /** A tree behind tests that have shown these. */
  private behind(tree: PathTree | null, facts: Facts): PathTree | null {
    if (tree === null || tree.kind === 'end') return tree;
    if (tree.kind === 'call') return { ...tree, next: this.behind(tree.next, facts) };
    const { test, yes, no } = tree;
    const order = onlyOrderOf(tree);
    if (order !== null && this.isImplied(order, facts)) return this.behind(yes ?? no, facts);
    const side = (next: PathTree | null, outcome: boolean) => {
      const shown = next === null ? null : orderOf(test, outcome);
      return this.behind(next, shown === null ? facts : withOrder(facts, shown));
    };
    return { ...tree, yes: side(yes, true), no: side(no, false) };
  }

  // --- what follows from later ones ------------------------------------------------------------------------------

  private simplify(tree: PathTree | null): Simplified {
    if (tree === null) return { tree, ways: [] };
    if (tree.kind === 'end') return { tree, ways: [new Map()] };
    if (tree.kind === 'test') return this.simplifyTest(tree);
    const { tree: next, ways } = this.simplify(tree.next);
    return { tree: { ...tree, next }, ways };
  }

  private simplifyTest(tree: TestTree): Simplified {
    const yes = this.simplify(tree.yes);
    const no = this.simplify(tree.no);
    const kept = { ...tree, yes: yes.tree, no: no.tree };
    const ways = [...yes.ways, ...no.ways];
    const order = onlyOrderOf(kept);
    if (order === null) return { tree: kept, ways };
    if (ways.every((facts) => this.isImplied(order, facts))) return { tree: yes.tree ?? no.tree, ways };
    return { tree: kept, ways: ways.map((facts) => withOrder(facts, order)) };
  }

  private isImplied(order: Order, facts: Facts): boolean {
    return [order.low, order.high].some((side) => facts.get(side)?.some((from) => this.follows(order, from)));
  }

  private follows(order: Order, from: Order): boolean {
    if ((order.isStrict && !from.isStrict) || (order.isProved && !from.isProved)) return false;
    if (isInfinity(order.high) && from.low === order.low) return from.isProved;
    return from.high === order.high
      ? this.isAtLeast(from.low, order.low)
      : from.low === order.low && this.isAtLeast(order.high, from.high);
  }

  /** Whether a value is a sum of another and of amounts, the larger one of such and something else, or chosen so. */
  private isAtLeast(node: Node, least: Node): boolean {
    if (node === least) return true;
    if (node.kind === 'const' && least.kind === 'const') return node.immediate >= least.immediate;
    const pair = pairOf(node, least);
    const is = this.atLeast.get(pair) ?? this.isMadeOf(node, least);
    this.atLeast.set(pair, is);
    return is;
  }

  private isMadeOf(node: Node, least: Node): boolean {
    if (node.kind === 'choose' || least.kind === 'choose') return this.isChosenAtLeast(node, least);
    if (node.kind !== 'operate') return false;
    const [one, other] = node.operands;
    if (node.opcodes[0] === Op.f64Max) return this.isAtLeast(one, least) || this.isAtLeast(other, least);
    if (node.opcodes[0] !== Op.f64Add) return false;
    return (
      (this.isAmount(other) && this.isAtLeast(one, least)) ||
      (this.isAmount(one) && this.isAtLeast(other, least))
    );
  }

  /** Side by side where one test chooses both. */
  private isChosenAtLeast(node: Node, least: Node): boolean {
    const [nodes, leasts] = [sidesOf(node), sidesOf(least)];
    if (node.operands[0] === least.operands[0] && nodes.length === leasts.length)
      return nodes.every((one, at) => this.isAtLeast(one, leasts[at]));
    return nodes.every((one) => leasts.every((other) => this.isAtLeast(one, other)));
  }

  /** Whether a number is never negative. */
  private isAmount(node: Node): boolean {
    const is = this.amountsKnown.get(node) ?? this.isMadeOfAmounts(node);
    this.amountsKnown.set(node, is);
    return is;
  }

  private isMadeOfAmounts(node: Node): boolean {
    const { kind, opcodes, operands, immediate } = node;
    if (kind === 'const') return immediate >= 0;
    if (kind === 'choose') return operands.slice(1).every((one) => this.isAmount(one));
    if (kind !== 'operate') return this.amounts.has(node);
    if (opcodes[0] === Op.f64ConvertI32U) return true;
    const isKept = opcodes[0] === Op.f64Add || opcodes[0] === Op.f64ConvertI32S;
    return isKept && operands.every((one) => this.isAmount(one));
  }
}

/** What a choice may come to. */
function sidesOf(node: Node): readonly Node[] {
  return node.kind === 'choose' ? node.operands.slice(1) : [node];
}

function withOrder(facts: Facts, order: Order): Facts {
  const more = new Map(facts);
  for (const side of [order.low, order.high]) more.set(side, [...(facts.get(side) ?? []), order]);
  return more;
}

/** That of the only way on. */
function onlyOrderOf({ test, yes, no }: TestTree): Order | null {
  return yes !== null && no !== null ? null : orderOf(test, yes !== null);
}

function orderOf({ kind, opcodes, operands }: Node, outcome: boolean): Order | null {
  if (kind !== 'operate') return null;
  const [one, other] = operands;
  const order = (low: Node, high: Node, isStrict: boolean) => ({ low, high, isStrict, isProved: outcome });
  switch (opcodes[0]) {
    case Op.f64Lt:
      return outcome ? order(one, other, true) : order(other, one, false);
    case Op.f64Gt:
      return outcome ? order(other, one, true) : order(one, other, false);
    case Op.f64Le:
      return outcome ? order(one, other, false) : order(other, one, true);
    case Op.f64Ge:
      return outcome ? order(other, one, false) : order(one, other, true);
    case Op.f64Eq:
      // Nothing is beyond infinity.
      return !outcome && isInfinity(other) ? order(one, other, true) : null;
    default:
      return null;
  }
}
