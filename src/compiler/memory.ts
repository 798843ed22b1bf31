import type { ObjectGraph } from './graph.ts';
import type { Cell, Heap } from './heap.ts';
import { isTypedArray, type TypedArray } from './values.ts';

const PAGE = 65_536;
const HEADER = 8;

/** A field that holds a typed array, and where its elements are now. */
interface Bound {
  readonly object: Record<string, unknown>;
  readonly key: string;
  view: TypedArray;
}

/**
 * The memory of compiled code and the objects of the machine beside it: fields are copied to and fro, typed arrays of
 * the machine become views of the memory, so that both sides see the same elements.
 */
export class MachineMemory {
  readonly memory: WebAssembly.Memory;
  private f64: Float64Array;
  private i32: Int32Array;
  private readonly bound: Bound[] = [];
  private readonly addresses = new WeakMap<TypedArray, number>();

  constructor(
    graph: ObjectGraph,
    private readonly heap: Heap,
  ) {
    this.memory = new WebAssembly.Memory({ initial: Math.ceil(heap.size / PAGE) + 1 });
    this.f64 = new Float64Array(this.memory.buffer);
    this.i32 = new Int32Array(this.memory.buffer);
    for (const [array, address] of heap.arrays) {
      const view = this.move(array, address);
      for (const { object, key } of graph.arrays.get(array) ?? []) this.bind(object, key, view);
    }
    this.writeFields();
  }

  /** Copies the fields of the objects into memory. */
  writeFields(): void {
    this.moveNewArrays();
    for (const cell of this.heap.cells) this.write(cell);
  }

  /** Copies them back. */
  readFields(): void {
    for (const cell of this.heap.cells) {
      if (cell.type !== 'array' && cell.type !== 'pointer') cell.object[cell.key] = this.read(cell);
    }
  }

  objectAt(address: number): object | null {
    return this.heap.structs.objectAt(address);
  }

  /** Gives the objects arrays of their own again. */
  detach(): void {
    this.readFields();
    const copies = new Map<number, TypedArray>();
    for (const { object, key, view } of this.bound) {
      const copy = copies.get(view.byteOffset) ?? view.slice();
      copies.set(view.byteOffset, copy);
      object[key] = copy;
    }
  }

  private write({ object, key, address, type }: Cell): void {
    const value = object[key];
    switch (type) {
      case 'f64':
        this.f64[address >> 3] = value as number;
        break;
      case 'nullable':
        this.f64[address >> 3] = value === null ? Number.NaN : (value as number);
        break;
      case 'i32':
      case 'u32':
        this.i32[address >> 2] = value as number;
        break;
      case 'bool':
        this.i32[address >> 2] = value === true ? 1 : 0;
        break;
      case 'choice':
        this.i32[address >> 2] = this.heap.choices.numberOf(value);
        break;
      case 'array':
        this.i32[address >> 2] = (value as TypedArray).byteOffset;
        break;
      case 'pointer':
        this.i32[address >> 2] = this.heap.structs.of(value)?.address ?? 0;
    }
  }

  private read({ address, type }: Cell): unknown {
    switch (type) {
      case 'f64':
        return this.f64[address >> 3];
      case 'nullable': {
        const value = this.f64[address >> 3];
        return Number.isNaN(value) ? null : value;
      }
      case 'u32':
        return this.i32[address >> 2] >>> 0;
      case 'bool':
        return this.i32[address >> 2] === 1;
      case 'choice':
        return this.heap.choices.valueOf(this.i32[address >> 2]);
      default:
        return this.i32[address >> 2];
    }
  }

  /** Arrays that the model has replaced by larger ones. */
  private moveNewArrays(): void {
    for (const { type, object, key } of this.heap.cells) {
      const array = object[key];
      if (type !== 'array' || !isTypedArray(array) || array.buffer === this.memory.buffer) continue;
      const address = this.heap.addressOf(array);
      if (this.heap.size > this.memory.buffer.byteLength) this.grow();
      this.bind(object, key, this.move(array, address));
    }
  }

  private grow(): void {
    const { heap, memory } = this;
    memory.grow(Math.ceil((heap.size - memory.buffer.byteLength) / PAGE));
    this.f64 = new Float64Array(memory.buffer);
    this.i32 = new Int32Array(memory.buffer);
    for (const { object, key, view } of this.bound) {
      // The view has lost its elements, and with them its offset and its length.
      const address = this.addresses.get(view)!;
      this.bind(object, key, this.viewOf(view, address, this.i32[(address - HEADER) >> 2]));
    }
  }

  /** Copies an array into memory. */
  private move(array: TypedArray, address: number): TypedArray {
    const view = this.viewOf(array, address, array.length);
    this.i32[(address - HEADER) >> 2] = array.length;
    view.set(array as never);
    return view;
  }

  private bind(object: Record<string, unknown>, key: string, view: TypedArray): void {
    object[key] = view;
    const found = this.bound.find((one) => one.object === object && one.key === key);
    if (found !== undefined) found.view = view;
    else this.bound.push({ object, key, view });
  }

  private viewOf(like: TypedArray, address: number, length: number): TypedArray {
    const Kind = like.constructor as new (buffer: ArrayBuffer, offset: number, length: number) => TypedArray;
    const view = new Kind(this.memory.buffer as ArrayBuffer, address, length);
    this.addresses.set(view, address);
    return view;
  }
}
