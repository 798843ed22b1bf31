import type { ArrayOwner } from './graph.ts';
import type { Cell, Heap } from './heap.ts';
import type { Twin } from './twin.ts';
import { isTypedArray, type TypedArray } from './values.ts';

const PAGE = 65_536;
/** Room for what the model's side makes while the code runs. */
const SPARE_PAGES = 8;
const HEADER = 8;

type Fields = Record<string, unknown>;

/** A field of the machine at hand, and its place in memory. */
interface Place {
  readonly cell: Cell;
  readonly object: Fields;
}

/** A field that holds a typed array, and where its elements are now. */
interface Bound {
  readonly object: Fields;
  readonly key: string;
  view: TypedArray;
}

/**
 * The memory of compiled code and the objects of the machine beside it: fields are copied to and fro, typed arrays of
 * the machine become views of the memory, so that both sides see the same elements.
 */
export class MachineMemory {
  private f64!: Float64Array;
  private i32!: Int32Array;
  private readonly places: readonly Place[];
  private readonly arrayPlaces: readonly Place[];
  private readonly bound: Bound[] = [];
  private readonly addresses = new WeakMap<TypedArray, number>();
  /** Nothing that is placed from here on belongs to the code. */
  private readonly mark: number;

  constructor(
    readonly memory: WebAssembly.Memory,
    private readonly heap: Heap,
    private readonly twin: Twin,
  ) {
    this.mark = heap.size;
    this.ensureRoom();
    this.view();
    this.places = heap.cells.map((cell) => ({ cell, object: twin.here(cell.object) }));
    this.arrayPlaces = this.places.filter(({ cell }) => cell.type === 'array');
    for (const [array, address] of heap.arrays) this.moveAtFirst(array, address);
    this.writeFields();
  }

  static allocate(heap: Heap): WebAssembly.Memory {
    return new WebAssembly.Memory({ initial: Math.ceil(heap.size / PAGE) + SPARE_PAGES });
  }

  /** Copies the fields of the objects into memory. */
  writeFields(): void {
    this.moveNewArrays();
    for (const { cell, object } of this.places) this.write(cell, object[cell.key]);
  }

  /** Copies them back. */
  readFields(): void {
    for (const { cell, object } of this.places) {
      if (cell.type !== 'array' && cell.type !== 'pointer') object[cell.key] = this.read(cell);
    }
  }

  objectAt(address: number): object | null {
    return this.twin.here(this.heap.structs.objectAt(address));
  }

  /** Gives the objects arrays of their own again. */
  detach(): void {
    const copies = new Map<number, TypedArray>();
    for (const { object, key, view } of this.bound) {
      const copy = copies.get(view.byteOffset) ?? view.slice();
      copies.set(view.byteOffset, copy);
      object[key] = copy;
    }
    this.heap.releaseFrom(this.mark);
  }

  private write({ address, type }: Cell, value: unknown): void {
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
        this.i32[address >> 2] = this.heap.choices.numberOf(this.twin.there(value));
        break;
      case 'array':
        this.i32[address >> 2] = (value as TypedArray).byteOffset;
        break;
      case 'pointer':
        this.i32[address >> 2] = this.heap.structs.of(this.twin.there(value))?.address ?? 0;
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
        return this.twin.here(this.heap.choices.valueOf(this.i32[address >> 2]));
      default:
        return this.i32[address >> 2];
    }
  }

  /** An array goes where the code expects it. One of another length can only be where a field tells its place. */
  private moveAtFirst(array: TypedArray, address: number): void {
    const owners = this.ownersOf(array);
    const [owner] = owners;
    const own = owner === undefined ? array : (owner.object[owner.key] as TypedArray);
    if (own.length !== array.length) return;
    const view = this.move(own, address);
    for (const { object, key } of owners) this.bind(object, key, view);
  }

  private ownersOf(array: TypedArray): ArrayOwner[] {
    const owners = this.twin.model.arrays.get(array) ?? [];
    return owners.map(({ object, key }) => ({ object: this.twin.here(object), key }));
  }

  /** Arrays that the model has replaced by larger ones. */
  private moveNewArrays(): void {
    for (const { cell, object } of this.arrayPlaces) {
      const array = object[cell.key];
      if (!isTypedArray(array) || array.buffer === this.memory.buffer) continue;
      const address = this.heap.addressOf(array);
      this.ensureRoom();
      this.bind(object, cell.key, this.move(array, address));
    }
  }

  private ensureRoom(): void {
    const { heap, memory } = this;
    const missing = heap.size - memory.buffer.byteLength;
    if (missing <= 0) return;
    memory.grow(Math.ceil(missing / PAGE) + SPARE_PAGES);
    this.view();
    for (const { object, key, view } of this.bound) {
      // The view has lost its elements, and with them its offset and its length.
      const address = this.addresses.get(view)!;
      this.bind(object, key, this.viewOf(view, address, this.i32[(address - HEADER) >> 2]));
    }
  }

  private view(): void {
    this.f64 = new Float64Array(this.memory.buffer);
    this.i32 = new Int32Array(this.memory.buffer);
  }

  /** Copies an array into memory. */
  private move(array: TypedArray, address: number): TypedArray {
    const view = this.viewOf(array, address, array.length);
    this.i32[(address - HEADER) >> 2] = array.length;
    view.set(array as never);
    return view;
  }

  private bind(object: Fields, key: string, view: TypedArray): void {
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
