import type { ArrayOwner } from './graph.ts';
import type { Heap } from './heap.ts';
import { Sync, type SyncSide } from './sync.ts';
import type { Twin } from './twin.ts';
import { isTypedArray, type TypedArray } from './values.ts';

const PAGE = 65_536;
/** Room for what the model's side makes while the code runs. */
const SPARE_PAGES = 8;
const HEADER = 8;

type Fields = Record<string, unknown>;

/** A field that holds a typed array, and where its elements are now. */
interface Bound {
  readonly object: Fields;
  readonly key: string;
  view: TypedArray;
}

/** Copies of the fields that change, and of those that do not. */
export interface HeapSyncs {
  readonly changing: Sync;
  readonly constant: Sync;
}

export function syncsOf(heap: Heap): HeapSyncs {
  const changes = heap.cells.map((cell) => heap.changes(cell.object, cell.key));
  return {
    changing: new Sync(heap.cells.filter((_, index) => changes[index])),
    constant: new Sync(heap.cells.filter((_, index) => !changes[index])),
  };
}

/**
 * The memory of compiled code and the objects of the machine beside it: fields are copied to and fro, typed arrays of
 * the machine become views of the memory, so that both sides see the same elements.
 */
export class MachineMemory {
  private readonly objects: readonly object[];
  private readonly fields: readonly { readonly object: Fields; readonly key: string }[];
  private side!: SyncSide;
  private readonly bound: Bound[] = [];
  private readonly addresses = new WeakMap<TypedArray, number>();
  /** Nothing that is placed from here on belongs to the code. */
  private readonly mark: number;

  constructor(
    readonly memory: WebAssembly.Memory,
    private readonly heap: Heap,
    private readonly syncs: HeapSyncs,
    private readonly twin: Twin,
  ) {
    this.mark = heap.size;
    this.view();
    this.ensureRoom();
    this.objects = syncs.changing.objects.map((object) => twin.here(object));
    const arrays = heap.cells.filter(({ type }) => type === 'array');
    this.fields = arrays.map(({ object, key }) => ({ object: twin.here(object), key }));
    for (const [array, address] of heap.arrays) this.moveAtFirst(array, address);
    this.moveNewArrays();
    const { constant } = syncs;
    constant.write(
      constant.objects.map((object) => twin.here(object)),
      this.side,
    );
    this.writeFields();
  }

  static allocate(heap: Heap): WebAssembly.Memory {
    return new WebAssembly.Memory({ initial: Math.ceil(heap.size / PAGE) + SPARE_PAGES });
  }

  /** Copies the fields of the objects into memory. */
  writeFields(): void {
    this.moveNewArrays();
    this.syncs.changing.write(this.objects, this.side);
  }

  /** Copies them back. */
  readFields(): void {
    this.syncs.changing.read(this.objects, this.side);
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
    for (const { object, key } of this.fields) {
      const array = object[key];
      if (!isTypedArray(array) || array.buffer === this.memory.buffer) continue;
      const address = this.heap.addressOf(array);
      this.ensureRoom();
      this.bind(object, key, this.move(array, address));
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
      this.bind(object, key, this.viewOf(view, address, this.side.i32[(address - HEADER) >> 2]));
    }
  }

  private view(): void {
    const { memory, heap, twin } = this;
    this.side = {
      f64: new Float64Array(memory.buffer),
      i32: new Int32Array(memory.buffer),
      numberOfChoice: (value) => heap.choices.numberOf(twin.there(value)),
      choiceOf: (number) => twin.here(heap.choices.valueOf(number)),
      addressOf: (object) => heap.structs.of(twin.there(object))?.address ?? 0,
    };
  }

  /** Copies an array into memory. */
  private move(array: TypedArray, address: number): TypedArray {
    const view = this.viewOf(array, address, array.length);
    this.side.i32[(address - HEADER) >> 2] = array.length;
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
