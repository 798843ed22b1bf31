import type { WasmType } from '../wasm/code.ts';
import { Op } from '../wasm/opcodes.ts';
import type { Layout } from './layout.ts';

/** A copy of a program's memory, on which a turn can be tried. */
export class Image {
  private readonly i32: Int32Array;
  private readonly f64: Float64Array;
  private readonly u8: Uint8Array;
  private readonly u16: Uint16Array;

  /** `others`: what the memory was at the beginning of other turns. */
  constructor(
    buffer: ArrayBuffer,
    readonly layout: Layout,
    private readonly others: readonly Int32Array[],
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

  /** Whether a field was the same at the beginning of all turns. */
  isSteady(address: number, type: WasmType): boolean {
    const word = address >> 2;
    const [first] = this.others;
    const isSame = (at: number) => this.others.every((other) => other[at] === first[at]);
    return isSame(word) && (type === 'i32' || isSame(word + 1));
  }
}
