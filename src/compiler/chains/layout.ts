import { ARRAY_HEADER } from '../addresses.ts';
import type { ProgramData } from '../program-data.ts';
import type { TypedArray } from '../values.ts';
import type { Log } from './source.ts';

/** A typed array in memory. */
export interface ArrayExtent {
  readonly begin: number;
  readonly end: number;
  /** One of the model's tables, which nothing writes. */
  readonly isTable: boolean;
}

/** What is known of a field or an element by its place. */
export class Layout {
  private readonly headers: ReadonlySet<number>;

  constructor(
    /** In the order of their addresses. */
    private readonly arrays: readonly ArrayExtent[],
    /** Addresses of fields that nothing changes while a machine is in memory. */
    private readonly constants: ReadonlySet<number>,
    /** Of fields that hold the address of an array. */
    private readonly handles: ReadonlySet<number>,
    readonly logs: readonly Log[],
    /** Of fields that hold an array of numbers that are never negative. */
    readonly amounts: readonly number[],
  ) {
    this.headers = new Set(arrays.map(({ begin }) => begin - ARRAY_HEADER));
  }

  /** The array that holds an address; null for a field. */
  arrayAt(address: number): ArrayExtent | null {
    const { arrays } = this;
    let low = 0;
    let high = arrays.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (arrays[middle].end <= address) low = middle + 1;
      else high = middle;
    }
    return low < arrays.length && arrays[low].begin <= address ? arrays[low] : null;
  }

  /** Whether a field stays what it is, lengths of arrays included: an array that grows is another one. */
  isConstant(address: number): boolean {
    return this.constants.has(address) || this.headers.has(address);
  }

  /** Whether the length of an array is there. */
  isHeader(address: number): boolean {
    return this.headers.has(address);
  }

  isHandle(address: number): boolean {
    return this.handles.has(address);
  }
}

/** Where the arrays are that a program's machine has at the moment, by ascending addresses. */
export function extentsOf({ arrays, columns }: ProgramData, objects: readonly object[]): ArrayExtent[] {
  const extents = new Map<number, ArrayExtent>();
  const add = (begin: number, { byteLength }: TypedArray, isTable: boolean) =>
    extents.set(begin, { begin, end: begin + byteLength, isTable });
  const viewIn = (object: number, key: string) => (objects[object] as Record<string, TypedArray>)[key];
  for (const { address, owners, table } of arrays) {
    if (table !== null) add(address, table, true);
    for (const { object, key } of owners) add(viewIn(object, key).byteOffset, viewIn(object, key), false);
  }
  for (const { key, type, places } of columns) {
    for (let index = 0; type === 'array' && index < places.length; index += 2)
      add(viewIn(places[index], key).byteOffset, viewIn(places[index], key), false);
  }
  return [...extents.values()].sort((one, other) => one.begin - other.begin);
}

/** Addresses of the fields that hold an array. */
export function handlesOf({ columns }: ProgramData): Set<number> {
  const ofArrays = columns.filter(({ type }) => type === 'array');
  return new Set(ofArrays.flatMap(({ places }) => [...places].filter((_, index) => index % 2 === 1)));
}
