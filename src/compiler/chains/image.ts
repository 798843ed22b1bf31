import type { WasmType } from '../wasm/code.ts';
import { Op } from '../wasm/opcodes.ts';
import type { Layout } from './layout.ts';

/** A copy of a program's memory, on which a turn can be tried. */
export class Image {
  private readonly i32: Int32Array;
  private readonly f64: Float64Array;
  private readonly u8: Uint8Array;
  private readonly u16: Uint16Array;

  constructor(
    buffer: ArrayBuffer,
    readonly layout: Layout,
    private readonly steady: SteadyWords,
  ) {
    this.i32 = new Int32Array(buffer);
    this.f64 = new Float64Array(buffer);
    this.u8 = new Uint8Array(buffer);
    this.u16 = new Uint16Array(buffer);
  }

  read(opcode: number, address: number): number {
    switch (opcode) {
      case Op.f64Load:
        return this.f64[address >> 3];
      case Op.i32Load:
        return this.i32[address >> 2];
      case Op.i32Load8U:
        return this.u8[address];
      case Op.i32Load16U:
        return this.u16[address >> 1];
      default:
        throw new Error(`no load by the instruction ${opcode}`);
    }
  }

  write(opcode: number, address: number, value: number): void {
    if (opcode === Op.f64Store) this.f64[address >> 3] = value;
    else if (opcode === Op.i32Store) this.i32[address >> 2] = value;
    else if (opcode === Op.i32Store8) this.u8[address] = value;
    else if (opcode === Op.i32Store16) this.u16[address >> 1] = value;
    else throw new Error(`no store by the instruction ${opcode}`);
  }

  /** Address of the array that a field holds. */
  arrayIn(handle: number): number {
    return this.i32[handle >> 2];
  }

  /** Whether a field was the same at the beginning of nearly all turns. */
  isSteady(address: number, type: WasmType): boolean {
    return this.steady.isSteady(address) && (type === 'i32' || this.steady.isSteady(address + 4));
  }
}

/** A word that has changed more often since it was looked at first is not steady: one turn may be an exception. */
const MOST_CHANGES = 2;

/** Which words of a memory are nearly always the same. */
export class SteadyWords {
  private readonly latest: Int32Array;
  private readonly changes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.latest = new Int32Array(bytes.slice().buffer);
    this.changes = new Uint8Array(this.latest.length);
  }

  /** Looks at the memory again, of which no more counts than there was at first; at most 255 times. */
  compare({ buffer }: Uint8Array): void {
    const { latest, changes } = this;
    const words = new Int32Array(buffer as ArrayBuffer, 0, latest.length);
    for (let at = 0; at < words.length; at++) if (words[at] !== latest[at]) changes[at]++;
    latest.set(words);
  }

  isSteady(address: number): boolean {
    return this.changes[address >> 2] <= MOST_CHANGES;
  }
}
