import { compileFunction } from 'node:vm';
import type { FieldInMemory } from './program-data.ts';

/** What a copy needs besides the objects: the two views of memory, and what stands for the values of some fields. */
export interface SyncSide {
  readonly f64: Float64Array;
  readonly i32: Int32Array;
  /** By the address of the field. */
  readonly numberOfChoice: (address: number, value: unknown) => number;
  readonly choiceOf: (address: number, number: number) => unknown;
  readonly addressOf: (object: unknown) => number;
}

export type Copy = (objects: readonly object[], side: SyncSide) => void;

/** Copies fields between the objects of a machine and memory: code made for them, since it runs at each call. */
export class Sync {
  /** Writes to memory, and reads from it; both are given all objects of the machine. */
  readonly write: Copy;
  readonly read: Copy;

  constructor(fields: readonly FieldInMemory[]) {
    const groups = groupsOf(fields);
    this.write = copyOf(groups, writeOf);
    this.read = copyOf(groups, readOf);
  }
}

/** Objects whose fields lie alike, each from an address of its own: an object after the other goes the same way. */
interface Group {
  readonly objects: number[];
  readonly begins: number[];
  readonly fields: readonly FieldInMemory[];
}

function groupsOf(fields: readonly FieldInMemory[]): Group[] {
  const byObject = new Map<number, FieldInMemory[]>();
  for (const field of fields) {
    const own = byObject.get(field.object) ?? [];
    own.push(field);
    byObject.set(field.object, own);
  }
  const groups = new Map<string, Group>();
  for (const [object, own] of byObject) {
    const begin = own[0].address;
    const key = own.map((field) => `${field.key} ${field.type} ${field.address - begin}`).join();
    const group = groups.get(key) ?? { objects: [], begins: [], fields: own };
    group.objects.push(object);
    group.begins.push(begin);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** How a field is reached: `at` is the text of its address in units of so many bytes. */
type Line = (field: FieldInMemory, at: (bytes: number) => string, address: string) => string;

function copyOf(groups: readonly Group[], line: Line): Copy {
  const parts = groups.map(({ objects, begins, fields }) =>
    objects.length === 1 ? straight(objects[0], fields, line) : loop(objects, begins, fields, line),
  );
  const head = 'const { f64, i32, numberOfChoice, choiceOf, addressOf } = side; let object, value;\n';
  return compileFunction(head + parts.join(''), ['objects', 'side']) as Copy;
}

function straight(object: number, fields: readonly FieldInMemory[], line: Line): string {
  const lines = fields.map((field) =>
    line(field, (bytes) => String(field.address / bytes), String(field.address)),
  );
  return `object = objects[${object}];\n${lines.join('')}`;
}

function loop(
  objects: readonly number[],
  begins: readonly number[],
  fields: readonly FieldInMemory[],
  line: Line,
): string {
  const lines = fields.map((field) => {
    const offset = field.address - begins[0];
    return line(field, (bytes) => `(begin + ${offset}) / ${bytes}`, `begin + ${offset}`);
  });
  const table = objects.flatMap((object, index) => [object, begins[index]]).join();
  return `for (let at = 0, table = [${table}]; at < table.length; at += 2) {
object = objects[table[at]]; const begin = table[at + 1];\n${lines.join('')}}\n`;
}

const writeOf: Line = ({ key, type }, at, address) => {
  const field = `object.${key}`;
  switch (type) {
    case 'f64':
      return `f64[${at(8)}] = ${field};\n`;
    case 'nullable':
      return `value = ${field}; f64[${at(8)}] = value === null ? NaN : value;\n`;
    case 'bool':
      return `i32[${at(4)}] = ${field} ? 1 : 0;\n`;
    case 'choice':
      return `i32[${at(4)}] = numberOfChoice(${address}, ${field});\n`;
    case 'array':
      return `i32[${at(4)}] = ${field}.byteOffset;\n`;
    case 'pointer':
      return `i32[${at(4)}] = addressOf(${field});\n`;
    default:
      return `i32[${at(4)}] = ${field};\n`;
  }
};

/** Arrays are shared, and which objects lie in memory does not change. */
const readOf: Line = ({ key, type }, at, address) => {
  const field = `object.${key}`;
  switch (type) {
    case 'f64':
      return `${field} = f64[${at(8)}];\n`;
    case 'nullable':
      return `value = f64[${at(8)}]; ${field} = value === value ? value : null;\n`;
    case 'u32':
      return `${field} = i32[${at(4)}] >>> 0;\n`;
    case 'bool':
      return `${field} = i32[${at(4)}] === 1;\n`;
    case 'choice':
      return `${field} = choiceOf(${address}, i32[${at(4)}]);\n`;
    case 'array':
    case 'pointer':
      return '';
    default:
      return `${field} = i32[${at(4)}];\n`;
  }
};
