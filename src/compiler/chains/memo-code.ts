import {
  type Expression,
  f64,
  get,
  type ImportCode,
  i32,
  type Label,
  type Local,
  operate,
  type Statement,
} from '../wasm/code.ts';
import { Bits, Op } from '../wasm/opcodes.ts';
import { type CodeBuffer, loadAt } from './code-buffer.ts';
import type { Node } from './node.ts';
import { LANE_BYTES } from './packs.ts';
import { MEMO_BYTES, MOVES } from './room.ts';
import type { MemoRange } from './source.ts';
import { memoIn } from './table-places.ts';

const SIZE = 8;
const VALUES = 16;

/** Addresses of what is remembered. */
interface Place {
  /**
   * The range of the argument that the value holds for: the bits of its lowest number, and how many more. Numbers that
   * are not negative are in the order of their bits, so that one comparison does for both ends.
   */
  readonly range: number;
  readonly value: number;
  /** Values that have been computed from it before it is known to hold. */
  readonly ahead: number[];
}

/**
 * Values of a function that depends on its arguments alone, or where the table begins that it chooses. Each place in a
 * chain remembers one with the range that it holds for, so that two places with different arguments do not take turns.
 */
export class MemoCode {
  private readonly places = new Map<Node, Place>();

  constructor(
    private readonly buffer: CodeBuffer,
    /** The function itself; it is called only where memos are. */
    private readonly callee: ImportCode,
    private readonly range: MemoRange | null,
    /** Where a turn goes that is disturbed. */
    private readonly disturbed: Label,
  ) {}

  /** Memos that have been written. */
  get count(): number {
    return this.places.size;
  }

  /** Puts values side by side, in the lanes that are not null. Their address; null if one would have two places. */
  putTogether(lanes: readonly (Node | null)[]): number | null {
    const nodes = lanes.filter((node) => node !== null);
    if (new Set(nodes).size < nodes.length || nodes.some((node) => this.places.has(node))) return null;
    const values = this.newMemo() + VALUES;
    for (const [lane, node] of lanes.entries()) if (node !== null) this.put(node, values + LANE_BYTES * lane);
    return values;
  }

  /** An integer at this address is a sum of the value and of something else. */
  noteAhead(node: Node, address: number): void {
    this.placeOf(node).ahead.push(address);
  }

  /** Sees to it that the value holds. `floor`: what the argument must not be below, nor the range that it holds for. */
  write(node: Node, argument: Local, floor?: number): void {
    const { buffer } = this;
    const place = this.placeOf(node);
    const bits = operate('i64', Bits.ofNumber, get(argument));
    const distance = operate('i64', Bits.subtract, bits, bitsAt(place.range));
    const isOutside = operate('i32', Bits.greaterOrEqual, distance, bitsAt(place.range + SIZE));
    const renewal = buffer.inList(() => this.renew(node, place, get(argument), floor));
    buffer.rarely(isOutside, renewal);
  }

  /** The value, once it is known to hold. */
  valueOf(node: Node): Expression {
    return loadAt('i32', Op.i32Load, this.placeOf(node).value);
  }

  private placeOf(node: Node): Place {
    return this.places.get(node) ?? this.put(node, this.newMemo() + VALUES);
  }

  private newMemo(): number {
    return this.buffer.room.memos + MEMO_BYTES * this.places.size;
  }

  private put(node: Node, value: number): Place {
    const place = { range: this.newMemo(), value, ahead: [] };
    this.places.set(node, place);
    return place;
  }

  private renew(node: Node, place: Place, argument: Expression, floor?: number): void {
    const { buffer, disturbed } = this;
    const { from, below } = this.range!;
    const object = memoIn(node)!.operands[0].immediate;
    const refuse = (test: Expression) => buffer.rarely(test, leave(disturbed));
    if (floor !== undefined) refuse(operate('i32', Op.f64Lt, argument, f64(floor)));
    const moves = buffer.hold('i32', loadAt('i32', Op.i32Load, MOVES));
    const result = buffer.newLocal('i32');
    const operands = [i32(object), argument];
    buffer.out.push({ op: 'call', callee: this.callee, operands, result, drops: false });
    this.replace(place, buffer.hold('i32', valueFrom(node, get(result))));
    const size = operate('i64', Bits.subtract, bitsAt(object + below), bitsAt(object + from));
    buffer.store(Bits.store, i32(0), place.range, bitsAt(object + from));
    buffer.store(Bits.store, i32(0), place.range + SIZE, size);
    if (floor !== undefined)
      refuse(operate('i32', Op.f64Lt, loadAt('f64', Op.f64Load, place.range), f64(floor)));
    refuse(operate('i32', Op.i32Ne, get(moves), loadAt('i32', Op.i32Load, MOVES)));
  }

  private replace(place: Place, value: Local): void {
    const { buffer } = this;
    const before = loadAt('i32', Op.i32Load, place.value);
    for (const at of place.ahead) {
      const other = operate('i32', Op.i32Sub, loadAt('i32', Op.i32Load, at), before);
      buffer.store(Op.i32Store, i32(0), at, operate('i32', Op.i32Add, other, get(value)));
    }
    buffer.store(Op.i32Store, i32(0), place.value, get(value));
  }
}

function valueFrom({ kind, operands: [handle, shifted] }: Node, result: Expression): Expression {
  if (kind === 'memo') return result;
  const offset = operate('i32', Op.i32Shl, result, i32(shifted.operands[1].immediate));
  return operate('i32', Op.i32Add, loadAt('i32', Op.i32Load, handle.immediate), offset);
}

function leave(label: Label): Statement[] {
  return [{ op: 'break', label }];
}

function bitsAt(address: number): Expression {
  return loadAt('i64', Bits.load, address);
}
