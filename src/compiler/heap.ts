import { ARRAY_HEADER, endOf, VECTOR_BYTES } from './addresses.ts';
import type { ObjectGraph } from './graph.ts';
import type { ModelSource } from './source.ts';
import { type PlacedClass, Structs } from './structs.ts';
import {
  type ArrayKind,
  arrayKindOf,
  Choices,
  isInt32,
  isTypedArray,
  type TypedArray,
  Unsupported,
  type ValueType,
} from './values.ts';

/** A field of an object of the machine that changes while it runs, and where in memory it lives. */
export interface Cell {
  readonly number: number;
  readonly object: Record<string, unknown>;
  readonly key: string;
  readonly address: number;
  type: ValueType;
  /** Of a choice: all that it has been seen to hold. */
  readonly choices: Set<unknown>;
  array: ArrayKind | null;
  /** Part of an object that code may reach by its address: never kept in a local. */
  readonly isShared: boolean;
}

/** What compiling has taught of fields: that they change, or what they may hold. Known to the next attempt. */
export interface Lessons {
  /** Fields that compiled code writes, by class and name. */
  readonly changing: Set<string>;
  /** Fields that hold a number or null. */
  readonly nullable: Set<string>;
  readonly choices: Map<object, Map<string, Set<unknown>>>;
  /** Methods, as `Class.method`, that the machine is known to call. */
  readonly used: Set<string>;
}

/** To begin with: methods that are used, and fields of which more is known than their value. */
export function noLessons(used: Iterable<string>, changing: Iterable<string>): Lessons {
  return { changing: new Set(changing), nullable: new Set(), choices: new Map(), used: new Set(used) };
}

/**
 * Classes of the objects that general code handles; those that others point to first. Streams that have been drawn from
 * as often lie side by side, since they will be drawn from together.
 */
const PLACED: readonly PlacedClass[] = [{ name: 'RandomStream', by: 'counter' }, { name: 'StageCost' }];

/** Where in memory the changing fields and the typed arrays of a machine live. */
export class Heap {
  readonly cells: Cell[] = [];
  readonly choices = new Choices();
  readonly structs: Structs;
  readonly arrays = new Map<TypedArray, number>();
  /** Fields of which something was learned that what has been compiled so far did not know. */
  readonly news: { readonly object: object; readonly key: string }[] = [];
  private top = 64;
  private readonly known = new Map<object, Map<string, Cell | null>>();

  constructor(
    graph: ObjectGraph,
    private readonly source: ModelSource,
    readonly lessons: Lessons,
  ) {
    this.structs = new Structs(this, graph, PLACED);
  }

  get size(): number {
    return this.top;
  }

  allocate(bytes: number): number {
    const address = this.top;
    this.top = endOf(address, bytes);
    return address;
  }

  /** On a boundary of four integers. */
  allocateVectors(bytes: number): number {
    const address = VECTOR_BYTES * Math.ceil(this.top / VECTOR_BYTES);
    this.top = endOf(address, bytes);
    return address;
  }

  /** The address of a typed array's first element. */
  addressOf(array: TypedArray): number {
    let address = this.arrays.get(array);
    if (address === undefined) {
      address = this.allocate(ARRAY_HEADER + array.byteLength) + ARRAY_HEADER;
      this.arrays.set(array, address);
    }
    return address;
  }

  /** Gives all arrays of changing fields a place, so that they have the same one in all machines. */
  placeArrays(): void {
    for (const { object, key, type } of this.cells)
      if (type === 'array') this.addressOf(object[key] as TypedArray);
  }

  /** The cell of a field; null when the field never changes. */
  cellOf(object: object, key: string): Cell | null {
    const cell = this.anyCellOf(object, key);
    return cell?.isShared && !this.changes(cell.object, key) ? null : cell;
  }

  private anyCellOf(object: object, key: string): Cell | null {
    let cells = this.known.get(object);
    if (cells === undefined) {
      cells = new Map();
      this.known.set(object, cells);
    }
    let cell = cells.get(key);
    if (cell === undefined) {
      const fields = object as Record<string, unknown>;
      cell = this.changes(fields, key) ? this.makeCell(fields, key) : null;
      cells.set(key, cell);
    }
    return cell;
  }

  /** A field of an object that lies in memory as a whole. */
  addCell(made: Omit<Cell, 'number'>): void {
    const cell = { ...made, number: this.cells.length };
    this.cells.push(cell);
    const cells = this.known.get(cell.object) ?? new Map<string, Cell | null>();
    if (cells.get(cell.key) != null) throw new Unsupported(`${cell.key} is in memory already`);
    cells.set(cell.key, cell);
    this.known.set(cell.object, cells);
  }

  isInt32Field(key: string, values: readonly unknown[]): boolean {
    return this.source.packed.assigned[key] === 'int32' && values.every(isInt32);
  }

  /** Whether no field of that name is written but by constructors. */
  isConstant(key: string): boolean {
    return this.source.packed.assigned[key] === undefined;
  }

  /** The cell of a field that is written. */
  cellToWrite(object: object, key: string): Cell {
    const cell = this.anyCellOf(object, key);
    if (cell !== null) return cell;
    this.lessons.changing.add(nameOf(object, key));
    this.news.push({ object, key });
    const made = this.makeCell(object as Record<string, unknown>, key);
    this.known.get(object)!.set(key, made);
    return made;
  }

  /** A field may hold these values too. */
  widen(cell: Cell, choices: readonly unknown[]): void {
    for (const choice of choices) {
      if (cell.choices.has(choice)) continue;
      cell.choices.add(choice);
      this.news.push(cell);
    }
  }

  /** A field that was taken for a choice holds numbers. */
  makeNullable(cell: Cell): void {
    cell.type = 'nullable';
    this.lessons.nullable.add(nameOf(cell.object, cell.key));
    this.news.push(cell);
  }

  /** Whether anything but a constructor writes the field. */
  changes(object: Record<string, unknown>, key: string): boolean {
    if (Array.isArray(object)) return false;
    return !this.isConstant(key) || this.lessons.changing.has(nameOf(object, key));
  }

  private makeCell(object: Record<string, unknown>, key: string): Cell {
    const value = object[key];
    const type = this.typeOf(object, key, value);
    const array = isTypedArray(value) ? arrayKindOf(value) : null;
    const choices = type === 'choice' ? this.learnedChoices(object, key) : new Set<unknown>();
    const cell = {
      number: this.cells.length,
      object,
      key,
      address: this.allocate(8),
      type,
      array,
      choices,
      isShared: false,
    };
    this.cells.push(cell);
    if (type === 'choice') choices.add(value);
    return cell;
  }

  private learnedChoices(object: object, key: string): Set<unknown> {
    const { choices } = this.lessons;
    const ofObject = choices.get(object) ?? new Map<string, Set<unknown>>();
    choices.set(object, ofObject);
    const learned = ofObject.get(key) ?? new Set<unknown>();
    ofObject.set(key, learned);
    return learned;
  }

  private typeOf(object: object, key: string, value: unknown): ValueType {
    if (this.lessons.nullable.has(nameOf(object, key))) return 'nullable';
    if (typeof value === 'boolean') return 'bool';
    if (isTypedArray(value)) return 'array';
    if (typeof value !== 'number') return 'choice';
    return this.isInt32Field(key, [value]) ? 'i32' : 'f64';
  }
}

export function nameOf(object: object, key: string): string {
  return `${object.constructor.name}.${key}`;
}
