import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CellSet } from './cell-set.ts';
import type { Cell } from './heap.ts';

const MOST = 700;
const cell = (number: number) => ({ number }) as Cell;
const numbers = fc.uniqueArray(fc.nat(MOST));

function setOf(members: readonly number[]): CellSet {
  const set = new CellSet();
  for (const member of members) set.add(cell(member));
  return set;
}

function membersOf(set: CellSet): number[] {
  return Array.from({ length: MOST + 1 }, (_, number) => number).filter((number) => set.has(cell(number)));
}

const ascending = (members: readonly number[]) => [...members].sort((one, other) => one - other);

test('a set of cells is a set, and its copy another one', () => {
  fc.assert(
    fc.property(numbers, numbers, (one, other) => {
      const [kept, dropped, included] = [setOf(one), setOf(one), setOf(one)];
      const copy = kept.copy();
      kept.keep(setOf(other));
      dropped.drop(setOf(other));
      included.include(setOf(other));
      expect(membersOf(kept)).toEqual(ascending(one.filter((member) => other.includes(member))));
      expect(membersOf(dropped)).toEqual(ascending(one.filter((member) => !other.includes(member))));
      expect(membersOf(included)).toEqual(ascending([...new Set([...one, ...other])]));
      expect(membersOf(copy)).toEqual(ascending(one));
    }),
  );
});
