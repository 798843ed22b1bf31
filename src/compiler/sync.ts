import { compileFunction } from 'node:vm';
import type { ColumnInMemory } from './program-data.ts';
import type { TypedArray, ValueType } from './values.ts';

/** What a copy needs besides the objects: the two views of memory, and what stands for the values of some fields. */
export interface SyncSide {
  f64: Float64Array;
  i32: Int32Array;
  /** By the address of the field. */
  readonly numberOfChoice: (address: number, value: unknown) => number;
  readonly choiceOf: (address: number, number: number) => unknown;
  readonly addressOf: (object: unknown) => number;
  /** Moves an array of a field into memory; the views of memory may be others afterwards. */
  readonly moveIn: (object: object, key: string, array: TypedArray) => TypedArray;
}

/** Copies one field of many objects: `places` holds the position of each object and the address of its field. */
type Copy = (objects: readonly object[], places: Int32Array, side: SyncSide) => void;

/** One field of many objects. Many are never read: their functions are made when they are needed. */
class Column {
  private readonly places: Int32Array;
  private readonly key: string;
  private readonly type: ValueType;
  private writing: Copy | null = null;
  private reading: Copy | null = null;

  constructor({ key, type, places }: ColumnInMemory) {
    this.key = key;
    this.type = type;
    this.places = places;
  }

  write(objects: readonly object[], side: SyncSide): void {
    this.writing ??= copyOf(LINES[this.type].write(`object.${this.key}`, this.key));
    this.writing(objects, this.places, side);
  }

  read(objects: readonly object[], side: SyncSide): void {
    this.reading ??= copyOf(LINES[this.type].read(`object.${this.key}`));
    this.reading(objects, this.places, side);
  }
}

/** Copies fields between the objects of a machine and memory. Both ways are given all objects of the machine. */
export class Sync {
  private readonly columns: readonly Column[];

  constructor(columns: readonly ColumnInMemory[]) {
    this.columns = columns.map((column) => new Column(column));
  }

  write(objects: readonly object[], side: SyncSide): void {
    for (const column of this.columns) column.write(objects, side);
  }

  read(objects: readonly object[], side: SyncSide): void {
    for (const column of this.columns) column.read(objects, side);
  }
}

const known = new Map<string, Copy>();

/**
 * A function for each field, shared by all machines: what names its field is much faster than what is told the name,
 * and what is short is optimised in no time.
 */
function copyOf(line: string): Copy {
  let copy = known.get(line);
  if (copy === undefined) {
    const body = `for (let index = 0; index < places.length; index += 2) {
  const object = objects[places[index]], address = places[index + 1];
  ${line}
}`;
    copy = compileFunction(body, ['objects', 'places', 'side']) as Copy;
    known.set(line, copy);
  }
  return copy;
}

interface Lines {
  readonly write: (field: string, key: string) => string;
  readonly read: (field: string) => string;
}

const INTEGER: Lines = {
  write: (field) => `side.i32[address >> 2] = ${field};`,
  read: (field) => `${field} = side.i32[address >> 2];`,
};

/** Arrays are shared, and which objects lie in memory does not change: neither has to be read. */
const LINES: Readonly<Record<ValueType, Lines>> = {
  f64: {
    write: (field) => `side.f64[address >> 3] = ${field};`,
    read: (field) => `${field} = side.f64[address >> 3];`,
  },
  nullable: {
    write: (field) => `side.f64[address >> 3] = ${field} ?? NaN;`,
    read: (field) => `const value = side.f64[address >> 3]; ${field} = value === value ? value : null;`,
  },
  i32: INTEGER,
  u32: { write: INTEGER.write, read: (field) => `${field} = side.i32[address >> 2] >>> 0;` },
  bool: {
    write: (field) => `side.i32[address >> 2] = ${field} ? 1 : 0;`,
    read: (field) => `${field} = side.i32[address >> 2] === 1;`,
  },
  choice: {
    write: (field) => `side.i32[address >> 2] = side.numberOfChoice(address, ${field});`,
    read: (field) => `${field} = side.choiceOf(address, side.i32[address >> 2]);`,
  },
  array: {
    write: (field, key) => `let array = ${field};
  if (array.buffer !== side.f64.buffer) array = side.moveIn(object, '${key}', array);
  side.i32[address >> 2] = array.byteOffset;`,
    read: () => '',
  },
  pointer: {
    write: (field) => `side.i32[address >> 2] = side.addressOf(${field});`,
    read: () => '',
  },
};
