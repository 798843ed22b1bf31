import { ARRAY_HEADER, endOf } from './addresses.ts';
import { MOVES } from './chains/room.ts';
import { ChoiceTables } from './choice-tables.ts';
import type { ObjectGraph } from './graph.ts';
import type { ArrayInMemory, FieldPlace, ProgramData } from './program-data.ts';
import type { Sync, SyncSide } from './sync.ts';
import type { TypedArray } from './values.ts';
import { PAGE_BYTES } from './wasm/encode.ts';

/** Room for what the model's side makes while the code runs. */
const SPARE_PAGES = 8;

type Fields = Record<string, unknown>;

/** A field that holds a typed array: the machine's own, and the view of memory that stands for it. */
interface Bound {
  readonly object: Fields;
  readonly key: string;
  readonly own: TypedArray;
  readonly view: TypedArray;
}

/** Memory for compiled code that knows of so many bytes. */
export function allocate(size: number): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: Math.ceil(size / PAGE_BYTES) + SPARE_PAGES });
}

/**
 * The memory of compiled code and the objects of a machine beside it: fields are copied to and fro, typed arrays of
 * the machine become views of the memory, so that both sides see the same elements.
 */
export class MachineMemory {
  private readonly side: SyncSide;
  private readonly bound = new Map<Fields, Map<string, Bound>>();
  private readonly addresses = new WeakMap<TypedArray, number>();
  private readonly objectsByAddress = new Map<number, object>();
  /** Of arrays that have been moved: several fields may hold the same. */
  private readonly moved = new WeakMap<TypedArray, number>();
  /** End of what is in use. */
  private top: number;

  constructor(
    readonly memory: WebAssembly.Memory,
    private readonly data: ProgramData,
    readonly graph: ObjectGraph,
  ) {
    this.top = data.size;
    const choices = new ChoiceTables(data, graph);
    const addresses = new Map<unknown, number>();
    for (const [address, object] of data.placed) {
      this.objectsByAddress.set(address, graph.objects[object]);
      addresses.set(graph.objects[object], address);
    }
    this.side = {
      ...viewsOf(memory),
      numberOfChoice: (address, value) => choices.numberOf(address, value),
      choiceOf: (address, number) => choices.valueOf(address, number),
      addressOf: (object) => addresses.get(object) ?? 0,
      moveIn: (object, key, array) => this.moveIn(object as Fields, key, array),
    };
    for (const array of data.arrays) this.moveAtFirst(array);
    this.forgetMemos();
  }

  /** Copies fields of the objects into memory. */
  writeFields(sync: Sync): void {
    sync.write(this.graph.objects, this.side);
  }

  /** Copies them back. */
  readFields(sync: Sync): void {
    sync.read(this.graph.objects, this.side);
  }

  objectAt(address: number): object | null {
    return this.objectsByAddress.get(address) ?? null;
  }

  /** Gives the objects their own arrays again. */
  detach(): void {
    const returned = new Set<TypedArray>();
    for (const { object, key, own, view } of this.allBound()) {
      if (!returned.has(own)) own.set(view as never);
      returned.add(own);
      object[key] = own;
    }
  }

  /** Chains remember where tables begin. */
  forgetMemos(): void {
    const { memos, end } = this.data.room;
    this.side.i32.fill(0, memos >> 2, end >> 2);
    this.side.i32[MOVES >> 2]++;
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
    for (const { object, key } of fields) this.bind(object, key, array, view);
  }

  /** An array that the model has made lately goes to the end. */
  private moveIn(object: Fields, key: string, array: TypedArray): TypedArray {
    let address = this.moved.get(array);
    if (address === undefined) {
      address = this.top + ARRAY_HEADER;
      this.top = endOf(address, array.byteLength);
      this.ensureRoom();
      this.move(array, address);
      this.forgetMemos();
    }
    const view = this.viewOf(array, address, array.length);
    this.bind(object, key, array, view);
    return view;
  }

  private ensureRoom(): void {
    const { memory } = this;
    const missing = this.top - memory.buffer.byteLength;
    if (missing <= 0) return;
    memory.grow(Math.ceil(missing / PAGE_BYTES) + SPARE_PAGES);
    Object.assign(this.side, viewsOf(memory));
    for (const { object, key, own, view } of this.allBound()) {
      // The view has lost its elements, and with them its offset.
      this.bind(object, key, own, this.viewOf(own, this.addresses.get(view)!, own.length));
    }
  }

  /** Copies an array into memory. */
  private move(array: TypedArray, address: number): TypedArray {
    const view = this.viewOf(array, address, array.length);
    this.side.i32[(address - ARRAY_HEADER) >> 2] = array.length;
    view.set(array as never);
    this.moved.set(array, address);
    return view;
  }

  private bind(object: Fields, key: string, own: TypedArray, view: TypedArray): void {
    object[key] = view;
    const fields = this.bound.get(object) ?? new Map<string, Bound>();
    this.bound.set(object, fields.set(key, { object, key, own, view }));
  }

  private allBound(): Bound[] {
    return [...this.bound.values()].flatMap((fields) => [...fields.values()]);
  }

  private viewOf(like: TypedArray, address: number, length: number): TypedArray {
    const Kind = like.constructor as new (buffer: ArrayBuffer, offset: number, length: number) => TypedArray;
    const view = new Kind(this.memory.buffer as ArrayBuffer, address, length);
    this.addresses.set(view, address);
    return view;
  }
}

function viewsOf({ buffer }: WebAssembly.Memory): Pick<SyncSide, 'f64' | 'i32'> {
  return { f64: new Float64Array(buffer), i32: new Int32Array(buffer) };
}
