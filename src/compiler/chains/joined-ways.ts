import { Op } from '../wasm/opcodes.ts';
import { largestSide } from './certain-values.ts';
import { JoinedValues } from './joined-values.ts';
import type { Node } from './node.ts';
import type { Nodes } from './nodes.ts';
import type { CallTree, EndTree, PathTree, Store, TestTree } from './path-tree.ts';

/**
 * What two ways that become one may differ in, values and tests of one of them: so many for each hundredth of all turns
 * that goes the rarer one. A difference costs all turns about a nanosecond; a hundredth that is disturbed costs twenty.
 */
const DIFFERENCES_PER_HUNDREDTH = 20;
const MOST_DIFFERENCES = 100;
/** Pairs of values that are compared before two ways count as different: ways that became one took up to 14000. */
const MOST_COMPARISONS = 50_000;
/**
 * Parts of a value that one side alone would have to compute, in general and for each hundredth of all turns that goes
 * the rarer way: a draw is some 30, all before it are thousands.
 */
const MOST_OWN = 60;
const OWN_PER_HUNDREDTH = 80;
/** Tests among which one is looked for that is asked on the other side too. */
const LOOK_AHEAD = 10;

const LOAD_OF: Readonly<Record<number, { readonly type: 'i32' | 'f64'; readonly opcode: number }>> = {
  [Op.i32Store]: { type: 'i32', opcode: Op.i32Load },
  [Op.f64Store]: { type: 'f64', opcode: Op.f64Load },
};

/**
 * Makes one way of two that part at a test, and from there on ask alike and leave what is made alike: what differs is
 * chosen by the test. A stage may draw for its misses or not; a sample's deadline may fall into this stage or that one.
 */
export class JoinedWays {
  constructor(
    private readonly nodes: Nodes,
    /** All that have been recorded, those included that go no way of the tree. */
    private readonly turns: number,
  ) {}

  of(tree: PathTree): PathTree {
    return withoutForks(this.joined(tree));
  }

  /** What has become one way still has the test that parted it, with both sides the same: a fork. */
  private joined(tree: PathTree): PathTree {
    if (tree.kind === 'end') return tree;
    if (tree.kind === 'call') return { ...tree, next: tree.next === null ? null : this.joined(tree.next) };
    const [yes, no] = [tree.yes, tree.no].map((side) => (side === null ? null : this.joined(side)));
    const one = yes === null || no === null ? null : this.join(tree.test, yes, no);
    return one === null ? { ...tree, yes, no } : forkAt(tree.test, one);
  }

  private join(test: Node, yes: PathTree, no: PathTree): PathTree | null {
    const hundredths = (100 * Math.min(yes.turns, no.turns)) / this.turns;
    const most = Math.min(MOST_DIFFERENCES, DIFFERENCES_PER_HUNDREDTH * hundredths);
    const one = new Join(this.nodes, test, most).tree(yes, no);
    if (one === null) return null;
    // What either side has been granted before is none of its own.
    const mostOwn = Math.max(MOST_OWN, OWN_PER_HUNDREDTH * hundredths, largestSide(yes), largestSide(no));
    return largestSide(one) > mostOwn ? null : one;
  }
}

function forkAt(test: Node, next: PathTree): TestTree {
  return { kind: 'test', test, yes: next, no: next, turns: next.turns };
}

function isFork(tree: PathTree | null): tree is TestTree & { readonly yes: PathTree } {
  return tree?.kind === 'test' && tree.yes !== null && tree.yes === tree.no;
}

function isOneSided(tree: PathTree | null): tree is TestTree {
  return tree?.kind === 'test' && (tree.yes === null) !== (tree.no === null);
}

function withoutForks(tree: PathTree): PathTree {
  if (tree.kind === 'end') return tree;
  const without = (next: PathTree | null) => (next === null ? null : withoutForks(next));
  if (tree.kind === 'call') return { ...tree, next: without(tree.next) };
  return isFork(tree) ? withoutForks(tree.yes) : { ...tree, yes: without(tree.yes), no: without(tree.no) };
}

/** The same side of another test. */
function goingOn({ yes }: TestTree, test: Node, next: PathTree): TestTree {
  const sides = yes === null ? { yes: null, no: next } : { yes: next, no: null };
  return { kind: 'test', test, ...sides, turns: next.turns };
}

/** Makes one way of the two sides of a test; null where they differ too much. */
class Join {
  private readonly values: JoinedValues;
  private tests = 0;

  constructor(
    private readonly nodes: Nodes,
    private readonly test: Node,
    private readonly mostDifferences: number,
  ) {
    this.values = new JoinedValues(nodes, test);
  }

  private get isTooMuch(): boolean {
    const { choices, comparisons } = this.values;
    return choices + this.tests > this.mostDifferences || comparisons > MOST_COMPARISONS;
  }

  tree(yes: PathTree | null, no: PathTree | null): PathTree | null {
    if (this.isTooMuch) return null;
    if (isFork(yes)) return this.forked(yes, no, (one, other) => this.tree(one, other), true);
    if (isFork(no)) return this.forked(no, yes, (one, other) => this.tree(other, one), false);
    if (yes?.kind === 'end' && no?.kind === 'end') return this.ends(yes, no);
    if (yes?.kind === 'call' && no?.kind === 'call') return this.calls(yes, no);
    if (yes?.kind === 'test' && no?.kind === 'test' && this.areAlike(yes, no)) return this.testTrees(yes, no);
    if (isOneSided(yes) && isOneSided(no) && this.values.areAlike(yes.test, no.test))
      return this.opposites(yes, no);
    const isNoLonger = !isOneSided(yes) || (isOneSided(no) && this.comesLater(yes, no));
    return isNoLonger ? this.longer(no, yes, false) : this.longer(yes, no, true);
  }

  // --- forks of one side -----------------------------------------------------------------------------------------

  /** The other side has such a fork too, or goes one way of it only, or does not come there. */
  private forked(
    fork: TestTree & { readonly yes: PathTree },
    other: PathTree | null,
    join: (one: PathTree | null, other: PathTree | null) => PathTree | null,
    isYes: boolean,
  ): PathTree | null {
    const inOrder = (one: Node, two: Node): [Node, Node] => (isYes ? [one, two] : [two, one]);
    const alike = other?.kind === 'test' && this.values.areAlike(...inOrder(fork.test, other.test));
    if (!alike || (!isFork(other) && !isOneSided(other))) {
      const next = join(fork.yes, other);
      return next === null ? null : forkAt(fork.test, next);
    }
    const test = this.values.join(...inOrder(fork.test, other.test));
    if (isFork(other)) {
      const next = join(fork.yes, other.yes);
      return next === null ? null : forkAt(test, next);
    }
    const rank = this.values.answer(fork.test, isYes, test, other.yes !== null);
    const asked = this.asked(other, !isYes, rank);
    const next = join(fork.yes, other.yes ?? other.no);
    return next === null ? null : forkAt(test, goingOn(other, asked, next));
  }

  // --- steps -----------------------------------------------------------------------------------------------------

  /** Whether both ask the same and go on to the same sides. */
  private areAlike(yes: TestTree, no: TestTree): boolean {
    const isSame = (yes.yes === null) === (no.yes === null) && (yes.no === null) === (no.no === null);
    return isSame && this.values.areAlike(yes.test, no.test);
  }

  private testTrees(yes: TestTree, no: TestTree): TestTree | null {
    const test = this.values.join(yes.test, no.test);
    const isSplit = yes.yes !== null && yes.no !== null;
    const side = (one: PathTree | null, other: PathTree | null) =>
      isSplit ? this.values.onOneWay(() => this.tree(one, other)) : this.tree(one, other);
    const ofYes = yes.yes === null ? null : side(yes.yes, no.yes);
    const ofNo = yes.no === null ? null : side(yes.no, no.no);
    const isJoined = (yes.yes === null || ofYes !== null) && (yes.no === null || ofNo !== null);
    return isJoined ? { kind: 'test', test, yes: ofYes, no: ofNo, turns: yes.turns + no.turns } : null;
  }

  /** Both ask the same and go on to different sides. */
  private opposites(yes: TestTree, no: TestTree): TestTree | null {
    this.tests++;
    const { nodes } = this;
    const test = this.values.join(yes.test, no.test);
    const passed = (tree: TestTree) =>
      tree.no === null ? test : nodes.operate('i32', [Op.i32Eqz], test, null);
    const asked = nodes.choose(this.test, passed(yes), passed(no));
    const next = this.tree(yes.yes ?? yes.no, no.yes ?? no.no);
    return next === null ? null : { kind: 'test', test: asked, yes: next, no: null, turns: next.turns };
  }

  private calls(yes: CallTree, no: CallTree): CallTree | null {
    const isSame = yes.call.callee === no.call.callee && this.values.areAlike(yes.call.test, no.call.test);
    if (!isSame) return null;
    const call = this.values.joinCalls(yes.call, no.call);
    const next = this.tree(yes.next, no.next);
    return next === null ? null : { kind: 'call', call, next, turns: yes.turns + no.turns };
  }

  /** Whether the other side asks later what one side asks now. */
  private comesLater({ test }: TestTree, other: TestTree): boolean {
    let tree: PathTree | null = other;
    for (let left = LOOK_AHEAD; left > 0 && isOneSided(tree); left--) {
      if (this.values.areAlike(test, tree.test)) return true;
      tree = tree.yes ?? tree.no;
    }
    return false;
  }

  private longer(longer: PathTree | null, other: PathTree | null, isYes: boolean): PathTree | null {
    if (!isOneSided(longer) || other === null) return null;
    this.tests++;
    const asked = this.asked(longer, isYes);
    const rest = longer.yes ?? longer.no;
    const next = isYes ? this.tree(rest, other) : this.tree(other, rest);
    return next === null ? null : goingOn(longer, asked, next);
  }

  /** A test that one side alone has to pass; made of what has been joined by then, not of what comes later. */
  private asked({ test, yes }: TestTree, isYes: boolean, rank?: number): Node {
    const passed = this.nodes.constant('i32', yes === null ? 0 : 1);
    const [one, other] = isYes ? [test, passed] : [passed, test];
    return this.values.choose(one, other, rank);
  }

  // --- what is left ----------------------------------------------------------------------------------------------

  private ends(yes: EndTree, no: EndTree): EndTree | null {
    const stores: Store[] = [];
    const pairs = this.pairs(yes.stores, no.stores);
    // Those first of which others may be made.
    for (const [one, other] of pairs) {
      const areAlike =
        one !== undefined && other !== undefined && this.values.areAlike(one.value, other.value);
      if (areAlike) this.values.join(one.value, other.value);
    }
    for (const [one, other] of pairs) {
      const { opcode, base, offset } = (one ?? other)!;
      const [ofYes, ofNo] = [one?.value ?? this.before(other!), other?.value ?? this.before(one!)];
      if (ofYes === null || ofNo === null || (other !== undefined && other.opcode !== opcode)) return null;
      const place = one === undefined || other === undefined ? base : this.values.join(one.base, other.base);
      stores.push({ opcode, base: place, offset, value: this.values.join(ofYes, ofNo) });
    }
    if (this.isTooMuch) return null;
    return { kind: 'end', stores, turns: yes.turns + no.turns };
  }

  /** What a side that stores nothing there leaves. */
  private before({ opcode, base, offset }: Store): Node | null {
    const load = LOAD_OF[opcode];
    if (load === undefined || base.kind !== 'const') return null;
    return this.nodes.load(load.type, load.opcode, base, offset, null, 0);
  }

  /** Stores to the same place. */
  private pairs(ones: readonly Store[], others: readonly Store[]): [Store | undefined, Store | undefined][] {
    const left = new Set(others);
    const partnerOf = (one: Store) => {
      const partner = [...left].find((other) => this.isSamePlace(one, other));
      if (partner !== undefined) left.delete(partner);
      return partner;
    };
    const both = ones.map((one): [Store, Store | undefined] => [one, partnerOf(one)]);
    return [...both, ...[...left].map((other): [undefined, Store] => [undefined, other])];
  }

  private isSamePlace(one: Store, other: Store): boolean {
    if (one.offset !== other.offset) return false;
    return one.base.kind === 'const' || other.base.kind === 'const'
      ? one.base === other.base
      : this.values.areAlike(one.base, other.base);
  }
}
