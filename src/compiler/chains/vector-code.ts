import { type Expression, get, i32, type Local, operate } from '../wasm/code.ts';
import { VECTOR_OPERATIONS, Vector } from '../wasm/opcodes.ts';
import { type CodeBuffer, loadAt } from './code-buffer.ts';
import type { DoubleBuffer } from './double-buffer.ts';
import type { MemoCode } from './memo-code.ts';
import { isField, type Node } from './node.ts';
import type { Nodes } from './nodes.ts';
import { anchorOf, isShift, LANE_BYTES, LANES, memosIn, type Pack, packsOf, packsOfStores } from './packs.ts';
import type { Store } from './path-tree.ts';
import { memoIn } from './table-places.ts';
import type { ValueCode } from './value-code.ts';

/** Values that are computed ahead, and what is made of them. */
interface Ahead {
  readonly pack: Pack<Node>;
  readonly address: number;
  readonly memos: ReadonlyMap<Node, number>;
}

/** What is made of the same fields. */
interface Group {
  readonly aheads: Ahead[];
  readonly stores: Pack<Store>[];
}

/**
 * Writes integers of one shape four at once: the random streams, above all. What is made of fields alone is computed
 * before all else, whatever is made of the same fields side by side.
 */
export class VectorCode {
  /**
   * Of the present group: four fields or constants each that have been read, by address (those in the double buffer by
   * its negative), and what has been made of them.
   */
  private read = new Map<number, Local>();
  private held = new Map<Node, Local>();

  constructor(
    private readonly buffer: CodeBuffer,
    private readonly values: ValueCode,
    private readonly memos: MemoCode,
    private readonly fields: DoubleBuffer,
  ) {}

  /** Computes all of this ahead. `stores`: what most turns leave in fields of the double buffer. */
  ahead(nodes: Nodes, stores: readonly Store[]): void {
    const groups = new Grouping();
    const isBuffered = (field: number) => this.fields.has(field);
    for (const pack of packsOf(this.candidates(nodes), isBuffered)) {
      const memos = this.placesOfMemos(pack);
      if (memos !== null) groups.of(pack).aheads.push({ pack, memos, address: this.buffer.newScratch() });
    }
    for (const pack of packsOfStores(stores, isBuffered)) groups.of(pack).stores.push(pack);
    for (const group of groups.all) this.write(group);
  }

  /** Stores the integers that have not been stored on the present way; they are in the double buffer. */
  store(stores: readonly Store[]): void {
    const { left } = this.values;
    const isNew = ({ offset, value }: Store) => left.get(offset) !== value;
    const packs = packsOfStores(stores.filter(isNew), (field) => this.fields.has(field));
    for (const pack of packs) this.storePack(pack);
    this.forget();
    for (const { offset, value } of stores.filter(isNew))
      this.buffer.out.push(this.fields.store(offset, this.values.expression(value)));
  }

  private candidates({ all }: Nodes) {
    const users = all.filter((node) => this.values.usesOf(node) > 0 && anchorOf(node) === null);
    return users.flatMap(({ operands }) =>
      operands.flatMap((value) => {
        const anchor = anchorOf(value);
        return anchor === null ? [] : [{ item: value, value, anchor }];
      }),
    );
  }

  /** Where the memos are side by side of which values are made, by those of the one lane; null if they are not. */
  private placesOfMemos({ lanes, value }: Pack<Node>): Map<Node, number> | null {
    const places = new Map<Node, number>();
    for (const [index, memo] of memosIn(value).entries()) {
      const address = this.memos.putTogether(
        lanes.map((node) => (node === null ? null : memosIn(node)[index])),
      );
      if (address === null) return null;
      places.set(memo, address);
    }
    return places;
  }

  private noteAhead({ pack, address }: Ahead): void {
    for (const [lane, value] of pack.lanes.entries()) {
      if (value === null) continue;
      const at = address + LANE_BYTES * lane;
      const memos = memosIn(value);
      for (const memo of memos) this.memos.noteAhead(memo, at);
      this.values.ahead.set(value, { address: at, memos });
    }
  }

  // --- code ------------------------------------------------------------------------------------------------------

  private write(group: Group): void {
    for (const { pack, address, memos } of group.aheads)
      this.buffer.store(Vector.store, i32(0), address, this.value(pack, memos));
    for (const ahead of group.aheads) this.noteAhead(ahead);
    for (const pack of group.stores) this.storePack(pack);
    this.forget();
  }

  private forget(): void {
    this.read = new Map();
    this.held = new Map();
  }

  private storePack(pack: Pack<Store>): void {
    for (const store of pack.lanes) if (store !== null) this.values.left.set(store.offset, store.value);
    this.buffer.out.push(this.fields.store(pack.begin, this.masked(pack, this.value(pack))));
  }

  private value({ value, lane }: Pack<unknown>, memos: ReadonlyMap<Node, number> = new Map()): Expression {
    const write = (node: Node): Expression => {
      const known = this.held.get(node);
      if (known !== undefined) return get(known);
      const place = memos.get(node);
      if (place !== undefined) return loadAt('v128', Vector.load, place);
      if (node.kind === 'const') return get(this.constantsAt(new Array(LANES).fill(node.immediate)));
      if (isField(node)) return get(this.readAt(node.immediate, lane));
      const [one, other] = node.operands;
      const right = isShift(node.opcodes[0]) ? i32(other.immediate) : write(other);
      const code = operate('v128', VECTOR_OPERATIONS[node.opcodes[0]], write(one), right);
      if (this.values.usesOf(node) < 2) return code;
      this.held.set(node, this.buffer.hold('v128', code));
      return get(this.held.get(node)!);
    };
    return write(value);
  }

  private constantsAt(lanes: readonly number[]): Local {
    const address = this.buffer.addressOf(lanes);
    return this.readOnce(address, () => loadAt('v128', Vector.load, address));
  }

  /** The fields side by side of which one is in this lane. */
  private readAt(field: number, lane: number): Local {
    const block = field - LANE_BYTES * lane;
    const isBuffered = this.fields.has(field);
    return isBuffered
      ? this.readOnce(-block, () => this.fields.loadBlock(block))
      : this.readOnce(block, () => loadAt('v128', Vector.load, block));
  }

  private readOnce(key: number, load: () => Expression): Local {
    const local = this.read.get(key) ?? this.buffer.hold('v128', load());
    this.read.set(key, local);
    return local;
  }

  /** Other fields in the same block stay what they are by now. */
  private masked({ begin, lanes }: Pack<Store>, value: Expression): Expression {
    const isOther = (lane: number) => lanes[lane] === null && this.fields.has(begin + LANE_BYTES * lane);
    if (!lanes.some((_, lane) => isOther(lane))) return value;
    const mask = this.constantsAt(lanes.map((store) => (store === null ? 0 : -1)));
    return operate('v128', Vector.select, value, this.fields.loadLeft(begin), get(mask));
  }
}

/** Puts together what is made of the same fields. */
class Grouping {
  all: Group[] = [];
  private readonly groupOf = new Map<number, Group>();

  of({ value, lane }: Pack<unknown>): Group {
    const blocks = fieldsIn(value).map((field) => field - LANE_BYTES * lane);
    const known = new Set(blocks.flatMap((block) => this.groupOf.get(block) ?? []));
    const [group = { aheads: [], stores: [] }, ...others] = known;
    for (const { aheads, stores } of others) {
      group.aheads.push(...aheads);
      group.stores.push(...stores);
    }
    this.all = [...this.all.filter((one) => !known.has(one)), group];
    for (const [block, before] of this.groupOf) if (known.has(before)) this.groupOf.set(block, group);
    for (const block of blocks) this.groupOf.set(block, group);
    return group;
  }
}

function fieldsIn(node: Node): number[] {
  if (isField(node)) return [node.immediate];
  return memoIn(node) !== null ? [] : node.operands.flatMap(fieldsIn);
}
