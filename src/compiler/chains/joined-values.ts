import { type CallNode, isField, type Node } from './node.ts';
import { type Nodes, pairOf } from './nodes.ts';

/** Values that are alike differ in no more than this many places that do not differ anyway. */
const MOST_NEW = 1;

/** What one side of a fork comes to, or else the turn is disturbed. */
interface Answer {
  readonly test: Node;
  readonly outcome: boolean;
  /** Its place among all answers. */
  readonly rank: number;
}

/**
 * Values that are one on this side of a test and another on that: made of what both have in common, and of choices by
 * the test where they differ.
 */
export class JoinedValues {
  /** How often it has been necessary to choose. */
  choices = 0;
  /** Pairs of values that have been compared. */
  comparisons = 0;
  /** By their pairs. */
  private joined = new Map<number, Node>();
  /** What a value of either side has become. */
  private ofYes = new Map<Node, Node>();
  private ofNo = new Map<Node, Node>();
  private calls = new Map<CallNode, CallNode>();
  /** Tests by which one side chooses already, and which the other always answers the same. */
  private answersToYes = new Map<Node, Answer>();
  private answersToNo = new Map<Node, Answer>();
  /** The last answer that a value relies on: it is what it should be only if that is right. 0 for none. */
  private ranks = new Map<Node, number>();

  constructor(
    private readonly nodes: Nodes,
    private readonly test: Node,
  ) {}

  join(yes: Node, no: Node): Node {
    if (yes === no) return yes;
    const known = this.joined.get(pairOf(yes, no));
    if (known !== undefined) return known;
    const value = this.made(yes, no);
    this.joined.set(pairOf(yes, no), value);
    this.ofYes.set(yes, value);
    this.ofNo.set(no, value);
    return value;
  }

  /** Whether two values are made alike, once each has chosen what the other side leaves it to choose. */
  areAlike(yes: Node, no: Node): boolean {
    if (yes === no || this.joined.has(pairOf(yes, no)) || this.areMadeAlike(yes, no)) return true;
    const [ofYes, ofNo] = [answerTo(yes, this.answersToYes), answerTo(no, this.answersToNo)];
    if (ofYes !== null) return this.areAlike(sideOf(yes, ofYes), no);
    return ofNo !== null && this.areAlike(yes, sideOf(no, ofNo));
  }

  /** Of parts nearly all of which are the same or have been joined before. */
  private areMadeAlike(yes: Node, no: Node): boolean {
    return areOfOneKind(yes, no, this.calls) && this.differencesWithin(yes, no, new Set()) <= MOST_NEW;
  }

  /** A call on one side, and the one in its place on the other. */
  joinCalls(yes: CallNode, no: CallNode): CallNode {
    const { callee, before } = yes;
    const operands = yes.operands.map((operand, at) => this.join(operand, no.operands[at]));
    const call = this.nodes.call(callee, this.join(yes.test, no.test), operands, this.joinedCall(before));
    this.calls.set(yes, call);
    this.calls.set(no, call);
    return call;
  }

  /** Where one side chooses by `asked`, the other comes to this outcome of a test that is alike. Its rank. */
  answer(asked: Node, isAskedByYes: boolean, test: Node, outcome: boolean): number {
    const rank = this.answersToYes.size + this.answersToNo.size + 1;
    (isAskedByYes ? this.answersToYes : this.answersToNo).set(asked, { test, outcome, rank });
    return rank;
  }

  /** Joins what is on one of several ways only: what it relies on there need not hold on the others. */
  onOneWay<Result>(join: () => Result): Result {
    const { joined, ofYes, ofNo, calls, answersToYes, answersToNo, ranks } = this;
    const outside = { joined, ofYes, ofNo, calls, answersToYes, answersToNo, ranks };
    const inside = Object.entries<Map<unknown, unknown>>(outside).map(([name, map]) => [name, new Map(map)]);
    Object.assign(this, Object.fromEntries(inside));
    const result = join();
    Object.assign(this, outside);
    return result;
  }

  // --- how a value is made ---------------------------------------------------------------------------------------

  private made(yes: Node, no: Node): Node {
    if (this.areMadeAlike(yes, no)) return this.rebuilt(yes, no);
    const [ofYes, ofNo] = [answerTo(yes, this.answersToYes), answerTo(no, this.answersToNo)];
    if (ofYes !== null) return this.answered(yes, ofYes, this.ofYes, (side) => this.join(side, no));
    if (ofNo !== null) return this.answered(no, ofNo, this.ofNo, (side) => this.join(yes, side));
    this.choices++;
    return this.choose(yes, no);
  }

  /**
   * One value on this side, another on that, both made of values that have been joined: each is what it was there.
   * `rank`: of the answer that this is to find out, on which it must not rely itself.
   */
  choose(yes: Node, no: Node, rank = Number.POSITIVE_INFINITY): Node {
    return this.nodes.choose(
      this.test,
      this.ofSide(yes, this.ofYes, rank, new Map()),
      this.ofSide(no, this.ofNo, rank, new Map()),
    );
  }

  private ofSide(node: Node, side: ReadonlyMap<Node, Node>, rank: number, known: Map<Node, Node>): Node {
    if (node.kind === 'const' || (isField(node) && node.after === null)) return node;
    const joined = side.get(node);
    if (joined !== undefined && this.rankOf(joined) < rank) return joined;
    const found = known.get(node);
    if (found !== undefined) return found;
    const operands = node.operands.map((operand) => this.ofSide(operand, side, rank, known));
    const isSame = operands.every((operand, at) => operand === node.operands[at]);
    const after = this.joinedCall(node.after);
    const made = isSame && after === node.after ? node : this.remade(node, operands, after);
    known.set(node, made);
    return made;
  }

  private rankOf(node: Node): number {
    const rank = this.ranks.get(node) ?? Math.max(0, ...node.operands.map((operand) => this.rankOf(operand)));
    this.ranks.set(node, rank);
    return rank;
  }

  private joinedCall(call: CallNode | null): CallNode | null {
    return call === null ? null : (this.calls.get(call) ?? call);
  }

  /** A choice that the other side leaves no choice. */
  private answered(
    { operands }: Node,
    { test, outcome, rank }: Answer,
    side: ReadonlyMap<Node, Node>,
    join: (side: Node) => Node,
  ): Node {
    const [, yes, no] = operands;
    const own = (node: Node) => this.ofSide(node, side, Number.POSITIVE_INFINITY, new Map());
    const value = outcome
      ? this.nodes.choose(test, join(yes), own(no))
      : this.nodes.choose(test, own(yes), join(no));
    this.ranks.set(value, Math.max(rank, this.rankOf(value)));
    return value;
  }

  private rebuilt(yes: Node, no: Node): Node {
    const { amounts } = this.nodes;
    const operands = yes.operands.map((operand, at) => this.join(operand, no.operands[at]));
    const value = this.remade(yes, operands, this.joinedCall(yes.after));
    if (amounts.has(yes) && amounts.has(no)) amounts.add(value);
    return value;
  }

  /** The same of other parts. */
  private remade(like: Node, [one, two, three]: readonly Node[], after: CallNode | null): Node {
    const { nodes } = this;
    const { kind, type, opcodes, immediate, now } = like;
    if (kind === 'operate') return nodes.operate(type, opcodes, one, two ?? null);
    if (kind === 'choose') return nodes.choose(one, two, three);
    if (kind === 'memo') return nodes.memo(one, two, now);
    return nodes.load(type, opcodes[0], one, immediate, after, now);
  }

  // --- how much differs ------------------------------------------------------------------------------------------

  /** `seen`: pairs that have been counted already. */
  private differences(yes: Node, no: Node, seen: Set<number>): number {
    const pair = pairOf(yes, no);
    if (yes === no || this.joined.has(pair)) return 0;
    this.comparisons++;
    if (seen.has(pair)) return 0;
    seen.add(pair);
    const within = areOfOneKind(yes, no, this.calls) ? this.differencesWithin(yes, no, seen) : MOST_NEW + 1;
    if (within <= MOST_NEW) return within;
    const [ofYes, ofNo] = [answerTo(yes, this.answersToYes), answerTo(no, this.answersToNo)];
    if (ofYes !== null) return this.differences(sideOf(yes, ofYes), no, seen);
    if (ofNo !== null) return this.differences(yes, sideOf(no, ofNo), seen);
    return 1;
  }

  private differencesWithin(yes: Node, no: Node, seen: Set<number>): number {
    let sum = 0;
    for (const [at, operand] of yes.operands.entries()) {
      sum += this.differences(operand, no.operands[at], seen);
      if (sum > MOST_NEW) break;
    }
    return sum;
  }
}

function answerTo({ kind, operands }: Node, answers: ReadonlyMap<Node, Answer>): Answer | null {
  return kind === 'choose' ? (answers.get(operands[0]) ?? null) : null;
}

function sideOf({ operands }: Node, { outcome }: Answer): Node {
  return outcome ? operands[1] : operands[2];
}

/** Whether two values are made by the same instruction, of parts that may differ. */
function areOfOneKind(one: Node, other: Node, calls: ReadonlyMap<CallNode, CallNode>): boolean {
  if (one.kind !== other.kind || one.kind === 'const' || one.type !== other.type) return false;
  if (one.operands.length !== other.operands.length || one.opcodes[0] !== other.opcodes[0]) return false;
  if (one.kind === 'memo') return one.operands[0] === other.operands[0];
  if (one.immediate !== other.immediate) return false;
  return one.after === other.after || isSameCall(one.after, other.after, calls);
}

function isSameCall(
  one: CallNode | null,
  other: CallNode | null,
  calls: ReadonlyMap<CallNode, CallNode>,
): boolean {
  return one !== null && other !== null && calls.has(one) && calls.get(one) === calls.get(other);
}
