import { Op, VECTOR_OPERATIONS } from '../wasm/opcodes.ts';
import type { Node } from './nodes.ts';

export const LANES = 4;
export const LANE_BYTES = 4;
export const VECTOR_BYTES = LANES * LANE_BYTES;
/** Parts of a value that is computed for four at once. */
const MOST_PARTS = 80;

/** Values of one shape, made of integers that lie side by side: computed at once. */
export interface Pack<Item> {
  /** Address that all loads of the value are told from, of the first lane. */
  readonly begin: number;
  /** Null where there is nothing of the kind. */
  readonly lanes: readonly (Item | null)[];
}

interface Candidate<Item> {
  readonly item: Item;
  readonly value: Node;
  readonly anchor: number;
}

/** Puts values of one shape together whose anchors are in the same sixteen bytes. Single ones are left out. */
export function packsOf<Item>(candidates: readonly Candidate<Item>[]): Pack<Item>[] {
  const packs = new Map<string, { begin: number; lanes: (Item | null)[] }>();
  for (const { item, value, anchor } of candidates) {
    const shape = shapeOf(value, anchor);
    if (shape === null) continue;
    const begin = anchor - (anchor % VECTOR_BYTES);
    const pack = packs.get(`${begin} ${shape}`) ?? { begin, lanes: new Array(LANES).fill(null) };
    packs.set(`${begin} ${shape}`, pack);
    pack.lanes[(anchor - begin) / LANE_BYTES] = item;
  }
  return [...packs.values()].filter(({ lanes }) => lanes.filter((lane) => lane !== null).length > 1);
}

/** How a value is made, with its fields told by their distance from an address; null for one that is made of more. */
function shapeOf(value: Node, anchor: number): string | null {
  let parts = 0;
  const shape = (node: Node): string | null => {
    if (++parts > MOST_PARTS) return null;
    if (node.kind === 'const') return `${node.immediate}`;
    if (node.kind === 'load') {
      const distance = node.immediate - anchor;
      return isField(node) && distance % VECTOR_BYTES === 0 ? `[${distance}]` : null;
    }
    if (!isWidened(node)) return null;
    const operands = node.operands.map(shape);
    return operands.includes(null) ? null : `${node.opcodes[0]}(${operands.join()})`;
  };
  return shape(value);
}

/** The first field that a value is made of; null where it is made of other things than fields and constants. */
export function anchorOf(value: Node): number | null {
  let parts = 0;
  const first = (node: Node): number | null => {
    if (++parts > MOST_PARTS) return null;
    if (node.kind === 'load') return isField(node) ? node.immediate : null;
    return isWidened(node) ? first(node.operands[0]) : null;
  };
  return value.kind === 'operate' ? first(value) : null;
}

function isField({ kind, opcodes, operands, after }: Node): boolean {
  return kind === 'load' && opcodes[0] === Op.i32Load && operands[0].kind === 'const' && after === null;
}

/** Shifts are by constants. */
function isWidened({ kind, opcodes, operands }: Node): boolean {
  if (kind !== 'operate' || VECTOR_OPERATIONS[opcodes[0]] === undefined) return false;
  return !isShift(opcodes[0]) || operands[1].kind === 'const';
}

export function isShift(opcode: number): boolean {
  return opcode === Op.i32Shl || opcode === Op.i32ShrU;
}
