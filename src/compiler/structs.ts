import { VECTOR_BYTES } from './addresses.ts';
import type { ObjectGraph } from './graph.ts';
import type { Heap } from './heap.ts';
import type { ModelClass } from './source.ts';
import { type ArrayKind, arrayKindOf, isInt32, isTypedArray, type ValueType } from './values.ts';

export interface Field {
  readonly offset: number;
  readonly type: ValueType;
  readonly array?: ArrayKind;
  readonly struct?: Struct;
}

/** How the objects of one class lie in memory where code handles many of them alike, by their addresses. */
export interface Struct {
  readonly modelClass: ModelClass;
  readonly fields: ReadonlyMap<string, Field>;
}

interface Placed {
  readonly address: number;
  readonly struct: Struct;
}

const WORD = 8;
/** Integers only: those of all objects lie side by side, field by field, so that four can be computed at once. */
const INTEGER = 4;

/** A class whose objects are placed, and the field by which they are ordered. */
export interface PlacedClass {
  readonly name: string;
  readonly by?: string;
}

/** Objects that lie in memory as a whole, field after field. */
export class Structs {
  private readonly placed = new Map<object, Placed>();
  private readonly tables = new Map<readonly object[], ReturnType<Structs['tableOf']>>();

  /** `classes`: those first that others point to. */
  constructor(
    private readonly heap: Heap,
    private readonly graph: ObjectGraph,
    classes: readonly PlacedClass[],
  ) {
    for (const { name, by } of classes) {
      const objects = graph.objects.filter((object) => object.constructor.name === name);
      if (by !== undefined) objects.sort((one, other) => numberIn(other, by) - numberIn(one, by));
      const struct = this.structOf(objects);
      if (struct !== null) this.place(objects, struct);
    }
  }

  of(object: unknown): Placed | null {
    return this.placed.get(object as object) ?? null;
  }

  /** Where each object is. */
  placements(): [address: number, object: object][] {
    return [...this.placed].map(([object, { address }]) => [address, object]);
  }

  /** Where each element of an array is, if all of them are placed. */
  tableOf(array: readonly object[]): { readonly addresses: Int32Array; readonly struct: Struct } | null {
    let table = this.tables.get(array);
    if (table === undefined) {
      const struct = this.of(array[0])?.struct;
      const isWhole = struct !== undefined && array.every((object) => this.of(object)?.struct === struct);
      const addresses = () => Int32Array.from(array, (object) => this.of(object)!.address);
      table = isWhole ? { addresses: addresses(), struct } : null;
      this.tables.set(array, table);
    }
    return table;
  }

  private structOf(objects: readonly object[]): Struct | null {
    const [first] = objects;
    const modelClass = first === undefined ? null : this.graph.classOf(first);
    if (modelClass === null) return null;
    const fields = new Map<string, Field>();
    for (const key of Object.keys(first)) {
      const values = objects.map((object) => (object as Record<string, unknown>)[key]);
      const field = this.fieldOf(key, values, fields.size * WORD);
      if (field !== null) fields.set(key, field);
    }
    return { modelClass, fields: isOfIntegers(fields) ? sideBySide(fields, objects.length) : fields };
  }

  /** Null for what general code cannot use: texts, objects that are not placed. */
  private fieldOf(key: string, values: readonly unknown[], offset: number): Field | null {
    const [first] = values;
    if (values.every((value) => typeof value === 'boolean')) return { offset, type: 'bool' };
    if (values.every((value) => typeof value === 'number'))
      return { offset, type: this.isInt32(key, values) ? 'i32' : 'f64' };
    if (values.every(isTypedArray) && new Set(values.map((value) => value.constructor)).size === 1)
      return { offset, type: 'array', array: arrayKindOf(values[0]) };
    const objects = values.filter((value) => value !== null);
    const struct = this.of(objects[0] ?? first)?.struct;
    if (struct === undefined || objects.some((object) => this.of(object)?.struct !== struct)) return null;
    return { offset, type: 'pointer', struct };
  }

  /** Numbers that only a constructor writes are what they are. */
  private isInt32(key: string, values: readonly unknown[]): boolean {
    return this.heap.isInt32Field(key, values) || (this.heap.isConstant(key) && values.every(isInt32));
  }

  private place(objects: readonly object[], struct: Struct): void {
    const { fields } = struct;
    const distance = isOfIntegers(fields) ? INTEGER : fields.size * WORD;
    const column = isOfIntegers(fields) ? columnSize(objects.length) : objects.length * WORD;
    const begin = this.heap.allocateVectors(fields.size * column);
    for (const [index, object] of objects.entries()) this.placeAt(begin + index * distance, object, struct);
  }

  private placeAt(address: number, object: object, struct: Struct): void {
    this.placed.set(object, { address, struct });
    const fields = object as Record<string, unknown>;
    for (const [key, { offset, type, array }] of struct.fields) {
      const cell = { object: fields, key, address: address + offset, type, array: array ?? null };
      this.heap.addCell({ ...cell, choices: new Set(), isShared: true });
      const value = fields[key];
      if (isTypedArray(value)) this.heap.addressOf(value);
    }
  }
}

function sideBySide(fields: ReadonlyMap<string, Field>, count: number): Map<string, Field> {
  return new Map(
    [...fields].map(([key, field], index) => [key, { ...field, offset: index * columnSize(count) }]),
  );
}

function isOfIntegers(fields: ReadonlyMap<string, Field>): boolean {
  return [...fields.values()].every(({ type }) => type === 'i32');
}

function numberIn(object: object, key: string): number {
  return (object as Record<string, number>)[key];
}

function columnSize(count: number): number {
  return VECTOR_BYTES * Math.ceil((count * INTEGER) / VECTOR_BYTES);
}
