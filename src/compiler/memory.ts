import { ARRAY_HEADER, endOf } from './addresses.ts';
import { ChoiceTables } from './choice-tables.ts';
import type { ObjectGraph } from './graph.ts';
import type { ArrayInMemory, FieldPlace, ProgramData } from './program-data.ts';
import type { Sync, SyncSide } from './sync.ts';
import { isTypedArray, type TypedArray } from './values.ts';

const PAGE = 65_536;
/** Room for what the model's side makes while the code runs. */
const SPARE_PAGES = 8;

type Fields = Record<string, unknown>;

/** What of a machine is in memory: copies of the fields that change, and of those that do not. */
export interface MemoryLayout {
  readonly data: ProgramData;
  readonly changing: Sync;
  readonly constant: Sync;
}

/** A field that holds a typed array, and where its elements are now. */
interface Bound {
  readonly object: Fields;
  readonly key: string;
  view: TypedArray;
}

/** Memory for compiled code that knows of so many bytes. */
export function allocate(size: number): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: Math.ceil(size / PAGE) + SPARE_PAGES });
}

/**
 * The memory of compiled code and the objects of a machine beside it: fields are copied to and fro, typed arrays of
 * the machine become views of the memory, so that both sides see the same elements.
 */
export class MachineMemory {
  private side!: SyncSide;
  private readonly bound: Bound[] = [];
  private readonly addresses = new WeakMap<TypedArray, number>();
  private readonly choices: ChoiceTables;
  private readonly objectsByAddress = new Map<number, object>();
  private readonly addressesByObject = new Map<unknown, number>();
  /** Fields that hold arrays, which the model may replace by larger ones. */
  private readonly arrayFields: readonly { readonly object: Fields; readonly key: string }[];
  /** End of what is in use. */
  private top: number;

  constructor(
    readonly memory: WebAssembly.Memory,
    private readonly layout: MemoryLayout,
    readonly graph: ObjectGraph,
  ) {
    const { data } = layout;
    this.top = data.size;
    this.choices = new ChoiceTables(data, graph);
    for (const [address, object] of data.placed) {
      this.objectsByAddress.set(address, graph.objects[object]);
      this.addressesByObject.set(graph.objects[object], address);
    }
    this.view();
    this.arrayFields = data.fields.filter(({ type }) => type === 'array').map((field) => this.fieldAt(field));
    for (const array of data.arrays) this.moveAtFirst(array);
    this.moveNewArrays();
    layout.constant.write(graph.objects, this.side);
    this.writeFields();
  }

  /** Copies the fields of the objects into memory. */
  writeFields(): void {
    this.moveNewArrays();
    this.layout.changing.write(this.graph.objects, this.side);
  }

  /** Copies them back. */
  readFields(): void {
    this.layout.changing.read(this.graph.objects, this.side);
  }

  objectAt(address: number): object | null {
    return this.objectsByAddress.get(address) ?? null;
  }

  /** Gives the objects arrays of their own again. */
  detach(): void {
    const copies = new Map<number, TypedArray>();
    for (const { object, key, view } of this.bound) {
      const copy = copies.get(view.byteOffset) ?? view.slice();
      copies.set(view.byteOffset, copy);
      object[key] = copy;
    }
  }

  private fieldAt({ object, key }: FieldPlace): { object: Fields; key: string } {
    return { object: this.graph.objects[object] as Fields, key };
  }

  /** An array goes where the code expects it. One of another length can only be where a field tells its place. */
  private moveAtFirst({ address, length, owners, table }: ArrayInMemory): void {
    const fields = owners.map((owner) => this.fieldAt(owner));
    const array = table ?? (fields[0].object[fields[0].key] as TypedArray);
    if (array.length !== length) return;
    const view = this.move(array, address);
    for (const { object, key } of fields) this.bind(object, key, view);
  }

  private moveNewArrays(): void {
    const moved = new Map<TypedArray, TypedArray>();
    for (const { object, key } of this.arrayFields) {
      const array = object[key];
      if (!isTypedArray(array) || array.buffer === this.memory.buffer) continue;
      const view = moved.get(array) ?? this.moveToEnd(array);
      moved.set(array, view);
      this.bind(object, key, view);
    }
  }

  private moveToEnd(array: TypedArray): TypedArray {
    const address = this.top + ARRAY_HEADER;
    this.top = endOf(address, array.byteLength);
    this.ensureRoom();
    return this.move(array, address);
  }

  private ensureRoom(): void {
    const { memory } = this;
    const missing = this.top - memory.buffer.byteLength;
    if (missing <= 0) return;
    memory.grow(Math.ceil(missing / PAGE) + SPARE_PAGES);
    this.view();
    for (const { object, key, view } of this.bound) {
      // The view has lost its elements, and with them its offset and its length.
      const address = this.addresses.get(view)!;
      const length = this.side.i32[(address - ARRAY_HEADER) >> 2];
      this.bind(object, key, this.viewOf(view, address, length));
    }
  }

  private view(): void {
    const { memory, choices } = this;
    this.side = {
      f64: new Float64Array(memory.buffer),
      i32: new Int32Array(memory.buffer),
      numberOfChoice: (address, value) => choices.numberOf(address, value),
      choiceOf: (address, number) => choices.valueOf(address, number),
      addressOf: (object) => this.addressesByObject.get(object) ?? 0,
    };
  }

  /** Copies an array into memory. */
  private move(array: TypedArray, address: number): TypedArray {
    const view = this.viewOf(array, address, array.length);
    this.side.i32[(address - ARRAY_HEADER) >> 2] = array.length;
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
