import type { WasmType } from '../wasm/code.ts';
import { Op } from '../wasm/opcodes.ts';

export interface ArrayExtent {
  readonly begin: number;
  readonly end: number;
  /** Nothing writes it. */
  readonly isTable: boolean;
}

/** What lies where in the memory of a program. */
export interface Layout {
  /** Typed arrays, by ascending address of the first element. */
  readonly arrays: readonly ArrayExtent[];
  /** Fields that nothing changes once a machine is in memory, and lengths of arrays. */
  readonly constants: ReadonlySet<number>;
  readonly logs: readonly Log[];
  /** Fields that hold arrays of numbers that are never negative. */
  readonly amounts: readonly number[];
  /** Fields that hold the address of an array. */
  readonly handles: ReadonlySet<number>;
}

/** Arrays whose elements mean nothing from a length on: addresses of the fields that hold the length and them. */
export interface Log {
  readonly length: number;
  readonly elements: readonly number[];
}

/** A copy of a program's memory, on which a turn can be tried. */
export class Image {
  private readonly i32: Int32Array;
  private readonly f64: Float64Array;
  private readonly u8: Uint8Array;
  private readonly u16: Uint16Array;

  /** `others`: what the memory was at the beginning of other turns. */
  constructor(
    buffer: ArrayBuffer,
    private readonly layout: Layout,
    private readonly others: readonly Int32Array[],
    /** Addresses of constants that code has been made for. */
    readonly assumed: Set<number>,
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
        throw new Error(`no load by opcode ${opcode}`);
    }
  }

  write(opcode: number, address: number, value: number): void {
    if (opcode === Op.f64Store) this.f64[address >> 3] = value;
    else if (opcode === Op.i32Store) this.i32[address >> 2] = value;
    else if (opcode === Op.i32Store8) this.u8[address] = value;
    else if (opcode === Op.i32Store16) this.u16[address >> 1] = value;
    else throw new Error(`no store by opcode ${opcode}`);
  }

  /** The array that holds an address, by its own; null for a field. */
  arrayAt(address: number): number | null {
    return this.extentAt(address)?.begin ?? null;
  }

  isTable(address: number): boolean {
    return this.extentAt(address)?.isTable ?? false;
  }

  private extentAt(address: number): ArrayExtent | null {
    const { arrays } = this.layout;
    let low = 0;
    let high = arrays.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (arrays[middle].end <= address) low = middle + 1;
      else high = middle;
    }
    return low < arrays.length && arrays[low].begin <= address ? arrays[low] : null;
  }

  isConstant(address: number): boolean {
    return this.layout.constants.has(address);
  }

  isHandle(address: number): boolean {
    return this.layout.handles.has(address);
  }

  /** Whether the numbers of an array are never negative. */
  isOfAmounts(array: number): boolean {
    return this.layout.amounts.some((handle) => this.read(Op.i32Load, handle) === array);
  }

  get logs(): readonly Log[] {
    return this.layout.logs;
  }

  assume(address: number): void {
    this.assumed.add(address);
  }

  /** Whether a field was the same at the beginning of all turns. */
  isSteady(address: number, type: WasmType): boolean {
    const word = address >> 2;
    const words = type === 'f64' ? [word, word + 1] : [word];
    const [first] = this.others;
    return this.others.every((other) => words.every((one) => other[one] === first[one]));
  }
}
