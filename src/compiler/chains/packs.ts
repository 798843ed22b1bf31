import { VECTOR_BYTES } from '../addresses.ts';
import { Op, VECTOR_OPERATIONS } from '../wasm/opcodes.ts';
import { isField, type Node } from './node.ts';
import type { Store } from './path-tree.ts';
import { memoIn } from './table-places.ts';

export const LANES = 4;
export const LANE_BYTES = VECTOR_BYTES / LANES;
/** Parts of a value that is computed for four at once. */
const MOST_PARTS = 80;

/** Integers of one shape, made of fields that lie side by side: computed at once. */
export interface Pack<Item> {
  /** Address of the first lane, from which all fields are told. */
  readonly begin: number;
  /** Null where there is nothing of the kind. */
  readonly lanes: readonly (Item | null)[];
  /** One of the values, and its lane. */
  readonly value: Node;
  readonly lane: number;
}

export interface Candidate<Item> {
  readonly item: Item;
  readonly value: Node;
  /** Address that decides on its lane. */
  readonly anchor: number;
}

/** Whether the field at an address is in the double buffer. */
type IsBuffered = (field: number) => boolean;

/**
 * Puts values of one shape together whose anchors are in the same sixteen bytes. Single ones are left out. In the order
 * of the lanes, so that packs of the same lanes begin with the same parts.
 */
export function packsOf<Item>(candidates: readonly Candidate<Item>[], isBuffered: IsBuffered): Pack<Item>[] {
  const packs = new Map<string, Pack<Item> & { lanes: (Item | null)[] }>();
  for (const { item, value, anchor } of [...candidates].sort((one, other) => one.anchor - other.anchor)) {
    const shape = shapeOf(value, anchor, isBuffered);
    if (shape === null) continue;
    const begin = anchor - (anchor % VECTOR_BYTES);
    const lane = (anchor - begin) / LANE_BYTES;
    const key = `${begin} ${shape}`;
    const pack = packs.get(key) ?? { begin, lanes: new Array<Item | null>(LANES).fill(null), value, lane };
    packs.set(key, pack);
    pack.lanes[lane] = item;
  }
  return [...packs.values()].filter(({ lanes }) => lanes.filter((item) => item !== null).length > 1);
}

/** Of what is stored to fields. */
export function packsOfStores(stores: readonly Store[], isBuffered: IsBuffered): Pack<Store>[] {
  const integers = stores.filter(({ opcode, value }) => opcode === Op.i32Store && value.kind === 'operate');
  const candidates = integers.map((item) => ({ item, value: item.value, anchor: item.offset }));
  return packsOf(candidates, isBuffered).filter(({ value }) => memosIn(value).length === 0);
}

/** How a value is made, its fields told by their distance from an address; null if it is made of other things too. */
function shapeOf(value: Node, anchor: number, isBuffered: IsBuffered): string | null {
  let parts = 0;
  const shape = (node: Node): string | null => {
    if (++parts > MOST_PARTS) return null;
    if (node.kind === 'const') return `${node.immediate}`;
    if (memoIn(node) !== null) return 'memo';
    if (node.kind !== 'operate') {
      const distance = node.immediate - anchor;
      if (!isInteger(node) || distance % VECTOR_BYTES !== 0) return null;
      return `${isBuffered(node.immediate) ? 'buffered' : ''}[${distance}]`;
    }
    if (!isWidened(node)) return null;
    const operands = node.operands.map(shape);
    return operands.includes(null) ? null : `${node.opcodes[0]}(${operands.join()})`;
  };
  return shape(value);
}

/** Address of the first field that an integer is made of; null if its first part is nothing of the kind. */
export function anchorOf(value: Node): number | null {
  if (memoIn(value) !== null) return null;
  let node = value;
  while (isWidened(node)) node = node.operands[0];
  return node !== value && isInteger(node) ? node.immediate : null;
}

/** A field of the memory that a turn begins with. */
function isInteger(node: Node): boolean {
  return isField(node) && node.opcodes[0] === Op.i32Load && node.after === null;
}

/** Whether an operation is there for four integers too: shifts are, by constants. */
function isWidened({ kind, opcodes, operands }: Node): boolean {
  if (kind !== 'operate' || VECTOR_OPERATIONS[opcodes[0]] === undefined) return false;
  return !isShift(opcodes[0]) || operands[1].kind === 'const';
}

export function isShift(opcode: number): boolean {
  return opcode === Op.i32Shl || opcode === Op.i32ShrU;
}

/** What is remembered of the parts of such a value, in the order of its parts. */
export function memosIn(value: Node): Node[] {
  return memoIn(value) !== null ? [value] : value.operands.flatMap(memosIn);
}
