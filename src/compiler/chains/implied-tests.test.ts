import { describe, expect, it } from 'vitest';
import { Op } from '../wasm/opcodes.ts';
import { ImpliedTests } from './implied-tests.ts';
import type { Node } from './node.ts';
import { Nodes } from './nodes.ts';
import type { PathTree } from './path-tree.ts';

const nodes = new Nodes();
const zero = nodes.constant('i32', 0);
const number = (value: number) => nodes.constant('f64', value);
const field = (at: number) => nodes.load('f64', Op.f64Load, zero, at, null, 0);
const make = (opcode: number, type: 'i32' | 'f64') => (one: Node, other: Node) =>
  nodes.operate(type, [opcode], one, other);
const add = make(Op.f64Add, 'f64');
const [isBelow, isAtMost, isAbove] = [Op.f64Lt, Op.f64Le, Op.f64Gt].map((opcode) => make(opcode, 'i32'));
const isEqual = make(Op.f64Eq, 'i32');

const [now, due, since] = [0, 8, 16].map(field);
const later = add(now, number(5));
const latest = add(later, number(7));
const INFINITY = number(Number.POSITIVE_INFINITY);

type Asked = readonly [test: Node, outcome: boolean];

/** A turn that goes one way only. */
function treeOf(asked: readonly Asked[]): PathTree {
  const end: PathTree = { kind: 'end', stores: [], turns: 1 };
  return asked.reduceRight<PathTree>(
    (next, [test, outcome]) => ({
      kind: 'test',
      test,
      yes: outcome ? next : null,
      no: outcome ? null : next,
      turns: 1,
    }),
    end,
  );
}

function needed(...asked: readonly Asked[]): Node[] {
  const left: Node[] = [];
  let tree: PathTree | null = new ImpliedTests(nodes.amounts).without(treeOf(asked));
  while (tree?.kind === 'test') {
    left.push(tree.test);
    tree = tree.yes ?? tree.no;
  }
  return left;
}

describe('of tests of a time that only goes on', () => {
  it('the last one is needed that finds nothing due', () => {
    const tests = [now, later, latest].map((time) => isAtMost(due, time));
    expect(needed(...tests.map((test): Asked => [test, false]))).toEqual([tests[2]]);
  });

  it('the first one is needed that finds something due', () => {
    const tests = [now, later, latest].map((time) => isAtMost(due, time));
    expect(needed(...tests.map((test): Asked => [test, true]))).toEqual([tests[0]]);
  });

  it('both are needed where something becomes due', () => {
    const tests = [now, later].map((time) => isAtMost(due, time));
    expect(needed([tests[0], false], [tests[1], true])).toEqual(tests);
  });

  it('one is needed where a test chooses two times, and the same test two later ones', () => {
    const chooser = isBelow(field(24), field(32));
    const earlier = nodes.choose(chooser, now, later);
    const tests = [nodes.choose(chooser, later, latest), earlier].map((time) => isAbove(time, since));
    expect(needed([tests[0], true], [tests[1], true])).toEqual([tests[1]]);
  });

  it('both are needed where another test chooses, unless all that it chooses from is later', () => {
    const [one, other] = [isBelow(field(24), field(32)), isBelow(field(40), field(48))];
    const overlapping = [nodes.choose(one, now, latest), nodes.choose(other, now, later)];
    const apart = [latest, nodes.choose(other, now, later)];
    for (const [times, left] of [[overlapping, 2] as const, [apart, 1] as const]) {
      const tests = times.map((time) => isAbove(time, since));
      expect(needed([tests[0], true], [tests[1], true])).toHaveLength(left);
    }
  });
});

describe('of tests against numbers', () => {
  it('the largest is needed of those that are not above', () => {
    const tests = [2000, 20_000, 100_000].map((limit) => isAtMost(number(limit), now));
    expect(needed(...tests.map((test): Asked => [test, true]))).toEqual([tests[2]]);
  });

  it('what is below something is not asked whether it is infinite, wherever that is asked', () => {
    const [below, infinite] = [isBelow(now, due), isEqual(now, INFINITY)];
    expect(needed([below, true], [infinite, false])).toEqual([below]);
    expect(needed([infinite, false], [below, true])).toEqual([below]);
  });

  it('what is only not above something may be infinite, or that no number', () => {
    const infinite = isEqual(now, INFINITY);
    for (const asked of [[isAtMost(now, due), true] as const, [isAtMost(due, now), false] as const])
      expect(needed(asked, [infinite, false])).toEqual([asked[0], infinite]);
  });

  it('what is infinite is asked', () => {
    const [below, infinite] = [isBelow(now, due), isEqual(due, INFINITY)];
    expect(needed([below, true], [infinite, true])).toEqual([below, infinite]);
  });
});
