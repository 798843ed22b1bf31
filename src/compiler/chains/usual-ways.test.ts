import { describe, expect, it } from 'vitest';
import { Op } from '../wasm/opcodes.ts';
import { JoinedWays } from './joined-ways.ts';
import type { Node } from './node.ts';
import { Nodes } from './nodes.ts';
import { endsOf, type Path, type Step } from './path-tree.ts';
import { treeOf } from './usual-ways.ts';

const nodes = new Nodes();
const zero = nodes.constant('i32', 0);
const flag = (at: number) => nodes.load('i32', Op.i32Load, zero, at, null, 0);
const ask = (test: Node, outcome: boolean): Step => ({ kind: 'test', test, outcome });

/** What leaves another number in each of so many fields has as many differences from others. */
function path(steps: readonly Step[], left: number, fields: number): Path {
  const stores = Array.from({ length: fields }, (_, field) => ({
    opcode: Op.i32Store,
    base: zero,
    offset: 64 + 4 * field,
    value: nodes.constant('i32', 1000 * left + field),
  }));
  return { steps, stores };
}

function waysOf(given: readonly (readonly [Path, number])[]): number[] | null {
  const ways = given.map(([path, turns]) => ({ path, turns }));
  const tree = treeOf(ways, 100, new JoinedWays(nodes, 100));
  return tree === null ? null : endsOf(tree).map(({ turns }) => turns);
}

describe('usual ways', () => {
  const [one, other] = [flag(0), flag(4)];
  const most = (fields: number) => path([ask(one, true)], 1, fields);
  const some = (fields: number) => path([ask(one, false), ask(other, true)], 2, fields);
  const few = (fields: number) => path([ask(one, false), ask(other, false)], 3, fields);

  it('stay apart where they differ too much', () => {
    expect(
      waysOf([
        [most(200), 60],
        [some(200), 40],
      ]),
    ).toEqual([60, 40]);
  });

  it('become one where they hardly differ', () => {
    expect(
      waysOf([
        [most(3), 60],
        [some(3), 40],
      ]),
    ).toEqual([100]);
  });

  it('are not what few turns do, unless that becomes part of another', () => {
    expect(
      waysOf([
        [most(200), 60],
        [some(200), 36],
        [few(200), 4],
      ]),
    ).toEqual([60, 36]);
    expect(
      waysOf([
        [most(3), 60],
        [some(3), 36],
        [few(3), 4],
      ]),
    ).toEqual([100]);
  });

  it('are worth nothing where turns go too many ways', () => {
    expect(
      waysOf([
        [most(3), 25],
        [some(3), 20],
      ]),
    ).toBeNull();
  });
});
