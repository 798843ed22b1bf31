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
import { Op } from '../wasm/opcodes.ts';
import { type CodeBuffer, loadAt } from './code-buffer.ts';
import type { Node } from './nodes.ts';
import { MEMO_BYTES, MOVES } from './room.ts';
import type { MemoRange } from './source.ts';

const FROM = 8;
const BELOW = 16;

/**
 * Values of a function that depends on its arguments alone. Each place in a chain remembers one with the range that it
 * holds for, so that two places with different arguments do not take turns.
 */
export class MemoCode {
  private readonly places = new Map<Node, number>();

  constructor(
    private readonly buffer: CodeBuffer,
    /** The function itself; it is called only where memos are. */
    private readonly callee: ImportCode,
    private readonly range: MemoRange | null,
    /** Where a turn goes that is disturbed. */
    private readonly disturbed: Label,
  ) {}

  /** `floor`: what the argument must not be below, nor the range that is remembered. */
  write(memo: Node, argument: Local, floor?: number): Local {
    const { buffer } = this;
    const place = this.placeOf(memo);
    const value = get(argument);
    const known: Label = { used: true };
    const unknown: Label = { used: true };
    const tests = buffer.inList(() => {
      buffer.rarely(operate('i32', Op.f64Lt, value, loadAt('f64', Op.f64Load, place + FROM)), leave(unknown));
      buffer.rarely(
        operate('i32', Op.f64Ge, value, loadAt('f64', Op.f64Load, place + BELOW)),
        leave(unknown),
      );
      buffer.out.push(...leave(known));
    });
    const renewal = buffer.inList(() => this.renew(place, memo.operands[0].immediate, value, floor));
    const body: Statement[] = [{ op: 'block', label: unknown, body: tests }, ...renewal];
    buffer.out.push({ op: 'block', label: known, body });
    return buffer.hold('i32', loadAt('i32', Op.i32Load, place));
  }

  private placeOf(memo: Node): number {
    const place = this.places.get(memo) ?? this.buffer.room.memos + MEMO_BYTES * this.places.size;
    this.places.set(memo, place);
    return place;
  }

  /** Memos that have been written. */
  get count(): number {
    return this.places.size;
  }

  private renew(place: number, object: number, argument: Expression, floor?: number): void {
    const { buffer, disturbed } = this;
    const { from, below } = this.range!;
    const refuse = (test: Expression) => buffer.rarely(test, leave(disturbed));
    if (floor !== undefined) refuse(operate('i32', Op.f64Lt, argument, f64(floor)));
    const moves = buffer.hold('i32', loadAt('i32', Op.i32Load, MOVES));
    const result = buffer.newLocal('i32');
    const operands = [i32(object), argument];
    buffer.out.push({ op: 'call', callee: this.callee, operands, result, drops: false });
    buffer.store(Op.i32Store, i32(0), place, get(result));
    buffer.store(Op.f64Store, i32(0), place + FROM, loadAt('f64', Op.f64Load, object + from));
    buffer.store(Op.f64Store, i32(0), place + BELOW, loadAt('f64', Op.f64Load, object + below));
    if (floor !== undefined)
      refuse(operate('i32', Op.f64Lt, loadAt('f64', Op.f64Load, place + FROM), f64(floor)));
    refuse(operate('i32', Op.i32Ne, get(moves), loadAt('i32', Op.i32Load, MOVES)));
  }
}

function leave(label: Label): Statement[] {
  return [{ op: 'break', label }];
}
