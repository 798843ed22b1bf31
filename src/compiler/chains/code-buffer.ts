import { VECTOR_BYTES } from '../addresses.ts';
import { type Expression, i32, type Local, type Statement, type WasmType } from '../wasm/code.ts';
import { Op } from '../wasm/opcodes.ts';
import { MOST_MEMOS, type Room } from './room.ts';

/** The code of one function while it grows, with the constants that it takes from memory. */
export class CodeBuffer {
  readonly locals: Local[] = [];
  out: Statement[] = [];
  /** Integers, from the beginning of the room for them. */
  readonly words: number[] = [];

  private scratchEnd: number;

  constructor(readonly room: Room) {
    this.scratchEnd = room.scratch;
  }

  newLocal(type: WasmType): Local {
    const local = { type, immutable: false, index: 0 };
    this.locals.push(local);
    return local;
  }

  /** A new local that holds a value. */
  hold(type: WasmType, value: Expression): Local {
    const local = this.newLocal(type);
    this.set(local, value);
    return local;
  }

  set(local: Local, value: Expression): void {
    this.out.push({ op: 'set', local, value });
  }

  store(opcode: number, base: Expression, offset: number, value: Expression): void {
    this.out.push({ op: 'store', opcode, base, offset, value });
  }

  /** Does something only if a test holds, which it hardly ever does. */
  rarely(test: Expression, body: readonly Statement[]): void {
    this.out.push({ op: 'if', test, yes: body, no: [], isUnlikely: true });
  }

  /** Runs `body` with its statements going to a list of their own. */
  inList(body: () => void): Statement[] {
    const { out } = this;
    const list: Statement[] = [];
    this.out = list;
    body();
    this.out = out;
    return list;
  }

  /** A number from memory, which is shorter than to have it in the code. */
  number(value: number): Expression {
    return loadAt('f64', Op.f64Load, this.addressOf([...new Int32Array(Float64Array.of(value).buffer)]));
  }

  /** Whether the room does for all constants, for what is computed ahead and for so many memos. */
  fits(memos: number): boolean {
    const { words, scratch } = this.room;
    const isRoomForWords = words + Int32Array.BYTES_PER_ELEMENT * this.words.length <= scratch;
    return isRoomForWords && this.scratchEnd <= this.room.copies && memos <= MOST_MEMOS;
  }

  /** Address for four integers more that are computed ahead. */
  newScratch(): number {
    const place = this.scratchEnd;
    this.scratchEnd += VECTOR_BYTES;
    return place;
  }

  /** Address of these words, a multiple of their length. */
  addressOf(wanted: readonly number[]): number {
    const { words, room } = this;
    let index = 0;
    const isThere = () => wanted.every((word, at) => words[index + at] === word);
    while (index < words.length && !isThere()) index += wanted.length;
    while (words.length < index) words.push(0);
    for (const [at, word] of wanted.entries()) words[index + at] = word;
    return room.words + Int32Array.BYTES_PER_ELEMENT * index;
  }
}

export function loadAt(type: WasmType, opcode: number, address: number): Expression {
  return { op: 'load', type, opcode, base: i32(0), offset: address };
}
