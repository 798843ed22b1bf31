import { compileFunction } from 'node:vm';
import type { Cell } from './heap.ts';

/** What a copy needs besides the objects: the two views of memory, and what stands for the values of some fields. */
export interface SyncSide {
  readonly f64: Float64Array;
  readonly i32: Int32Array;
  readonly numberOfChoice: (value: unknown) => number;
  readonly choiceOf: (number: number) => unknown;
  readonly addressOf: (object: unknown) => number;
}

export type Copy = (objects: readonly object[], side: SyncSide) => void;

/** Copies fields between the objects of a machine and memory: straight-line code, since it runs at each call. */
export class Sync {
  /** The objects that have the fields; a copy is given those of the machine at hand in the same order. */
  readonly objects: readonly object[];
  readonly write: Copy;
  readonly read: Copy;

  constructor(cells: readonly Cell[]) {
    const byObject = new Map<object, Cell[]>();
    for (const cell of cells) {
      const own = byObject.get(cell.object) ?? [];
      own.push(cell);
      byObject.set(cell.object, own);
    }
    this.objects = [...byObject.keys()];
    this.write = copyOf(byObject, writeOf);
    this.read = copyOf(byObject, readOf);
  }
}

function copyOf(byObject: Map<object, Cell[]>, line: (cell: Cell) => string): Copy {
  const parts = [...byObject.values()].map(
    (cells, index) => `object = objects[${index}];\n${cells.map(line).join('')}`,
  );
  const head = 'const { f64, i32, numberOfChoice, choiceOf, addressOf } = side; let object, value;\n';
  return compileFunction(head + parts.join(''), ['objects', 'side']) as Copy;
}

function writeOf({ key, address, type }: Cell): string {
  const field = `object.${key}`;
  switch (type) {
    case 'f64':
      return `f64[${address >> 3}] = ${field};\n`;
    case 'nullable':
      return `value = ${field}; f64[${address >> 3}] = value === null ? NaN : value;\n`;
    case 'bool':
      return `i32[${address >> 2}] = ${field} ? 1 : 0;\n`;
    case 'choice':
      return `i32[${address >> 2}] = numberOfChoice(${field});\n`;
    case 'array':
      return `i32[${address >> 2}] = ${field}.byteOffset;\n`;
    case 'pointer':
      return `i32[${address >> 2}] = addressOf(${field});\n`;
    default:
      return `i32[${address >> 2}] = ${field};\n`;
  }
}

/** Arrays are shared, and which objects lie in memory does not change. */
function readOf({ key, address, type }: Cell): string {
  const field = `object.${key}`;
  switch (type) {
    case 'f64':
      return `${field} = f64[${address >> 3}];\n`;
    case 'nullable':
      return `value = f64[${address >> 3}]; ${field} = value === value ? value : null;\n`;
    case 'u32':
      return `${field} = i32[${address >> 2}] >>> 0;\n`;
    case 'bool':
      return `${field} = i32[${address >> 2}] === 1;\n`;
    case 'choice':
      return `${field} = choiceOf(i32[${address >> 2}]);\n`;
    case 'array':
    case 'pointer':
      return '';
    default:
      return `${field} = i32[${address >> 2}];\n`;
  }
}
