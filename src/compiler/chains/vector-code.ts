import { type Expression, get, i32, type Local, operate } from '../wasm/code.ts';
import { Op, VECTOR_OPERATIONS, Vector } from '../wasm/opcodes.ts';
import { type CodeBuffer, loadAt } from './code-buffer.ts';
import type { MemoCode } from './memo-code.ts';
import { isField, type Node } from './node.ts';
import type { Nodes } from './nodes.ts';
import { anchorOf, isShift, LANE_BYTES, LANES, memosIn, type Pack, packsOf } from './packs.ts';
import type { Store } from './path-tree.ts';
import type { ValueCode } from './value-code.ts';

/** Writes integers of one shape four at once: the random streams, above all. */
export class VectorCode {
  /** Four fields or constants each that have been read, by address: some are overwritten before all is made of them. */
  private readonly read = new Map<number, Local>();

  constructor(
    private readonly buffer: CodeBuffer,
    private readonly values: ValueCode,
    private readonly memos: MemoCode,
  ) {}

  /** Computes what is made of fields alone before all else. */
  ahead({ all }: Nodes): void {
    const users = all.filter((node) => this.values.usesOf(node) > 0 && anchorOf(node) === null);
    const candidates = users.flatMap(({ operands }) =>
      operands.flatMap((value) => {
        const anchor = anchorOf(value);
        return anchor === null ? [] : [{ item: value, value, anchor }];
      }),
    );
    for (const pack of packsOf(candidates)) {
      const memos = this.placesOfMemos(pack);
      if (memos === null) continue;
      const address = this.buffer.newScratch();
      this.buffer.store(Vector.store, i32(0), address, this.value(pack, memos));
      for (const [lane, value] of pack.lanes.entries())
        if (value !== null) this.noteAhead(value, address + LANE_BYTES * lane);
      this.read.clear();
    }
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

  private noteAhead(value: Node, address: number): void {
    const memos = memosIn(value);
    for (const memo of memos) this.memos.noteAhead(memo, address);
    this.values.ahead.set(value, { address, memos });
  }

  /** Stores what can be stored four at once; the others are left. `beforeStore` is told of each address. */
  store(stores: readonly Store[], beforeStore: (address: number, later: readonly Store[]) => void): Store[] {
    const isCandidate = ({ opcode, base, value }: Store) =>
      opcode === Op.i32Store && base.kind === 'const' && value.kind === 'operate';
    const candidates = stores.filter(isCandidate);
    const packs = packsOf(
      candidates.map((item) => ({ item, value: item.value, anchor: item.offset })),
    ).filter(({ value }) => memosIn(value).length === 0);
    const packed = new Set(packs.flatMap(({ lanes }) => lanes));
    const others = stores.filter((store) => !packed.has(store));
    for (const [index, pack] of packs.entries()) {
      const value = this.value(pack);
      for (const later of packs.slice(index + 1)) this.readBefore(pack.begin, later);
      for (const store of pack.lanes) if (store !== null) beforeStore(store.offset, others);
      this.buffer.store(Vector.store, i32(0), pack.begin, this.masked(pack, value));
    }
    this.read.clear();
    return others;
  }

  private value({ value, lane }: Pack<unknown>, memos: ReadonlyMap<Node, number> = new Map()): Expression {
    const held = new Map<Node, Local>();
    const write = (node: Node): Expression => {
      const known = held.get(node);
      if (known !== undefined) return get(known);
      const place = memos.get(node);
      if (place !== undefined) return loadAt('v128', Vector.load, place);
      if (node.kind === 'const') return this.at(this.buffer.addressOf(new Array(LANES).fill(node.immediate)));
      if (node.kind !== 'operate') return this.at(node.immediate - LANE_BYTES * lane);
      const [one, other] = node.operands;
      const right = isShift(node.opcodes[0]) ? i32(other.immediate) : write(other);
      const code = operate('v128', VECTOR_OPERATIONS[node.opcodes[0]], write(one), right);
      if (this.values.usesOf(node) < 2) return code;
      held.set(node, this.buffer.hold('v128', code));
      return get(held.get(node)!);
    };
    return write(value);
  }

  private at(address: number): Expression {
    return get(this.readAt(address));
  }

  private readAt(address: number): Local {
    const local = this.read.get(address) ?? this.buffer.hold('v128', loadAt('v128', Vector.load, address));
    this.read.set(address, local);
    return local;
  }

  /** Other lanes stay what they are by now. */
  private masked({ begin, lanes }: Pack<Store>, value: Expression): Expression {
    if (!lanes.includes(null)) return value;
    const mask = this.at(this.buffer.addressOf(lanes.map((store) => (store === null ? 0 : -1))));
    return operate('v128', Vector.select, value, loadAt('v128', Vector.load, begin), mask);
  }

  /** Reads what is about to be overwritten, if another pack needs it. */
  private readBefore(address: number, { value, lane }: Pack<Store>): void {
    const isNeeded = (node: Node): boolean =>
      isField(node) ? node.immediate - LANE_BYTES * lane === address : node.operands.some(isNeeded);
    if (isNeeded(value)) this.readAt(address);
  }
}
