import type { ChainSource, Log, MemoRange } from './chains/source.ts';
import type { Compilation } from './compilation.ts';
import { type Cell, type Heap, nameOf } from './heap.ts';
import type { Struct } from './structs.ts';
import { unknown, type Value } from './values.ts';
import { type FunctionCode, f64, i32 } from './wasm/code.ts';

/** What chains may know of the model besides its code. */
export interface ChainPlan {
  readonly memo: MemoPlan;
  readonly logs: readonly LogPlan[];
  /** Fields, as `Class.field`, that hold arrays of numbers that are never negative. */
  readonly amounts: readonly string[];
}

/** A method, as `Class.method`, whose result depends on its arguments alone: an object of a class, and a number. */
export interface MemoPlan {
  readonly method: string;
  readonly of: string;
  /** Fields where it leaves the range of the number for which the result holds: not below the one, but the other. */
  readonly from: string;
  readonly below: string;
}

/** A class of objects with arrays whose elements mean nothing from a length on. */
export interface LogPlan {
  readonly of: string;
  readonly length: string;
  readonly elements: readonly string[];
}

/** A memo's function, compiled. */
export interface MemoCompiled {
  readonly code: FunctionCode;
  readonly range: MemoRange;
}

/** Null for a machine that does not have it. */
export function compileMemo(
  compilation: Compilation,
  { method, of, from, below }: MemoPlan,
): MemoCompiled | null {
  const { graph, heap } = compilation;
  const [className, name] = method.split('.');
  const object = graph.objects.find((one) => one.constructor.name === className);
  const struct = graph.objects.map((one) => heap.structs.of(one)?.struct).find(isOfClass(of));
  if (object === undefined || struct === undefined) return null;
  const pointer: Value = { known: false, type: 'pointer', code: i32(0), struct };
  const code = compilation.standalone(object, name, [pointer, unknown('f64', f64(0))]);
  const offsetOf = (key: string) => struct.fields.get(key)!.offset;
  return code === null ? null : { code, range: { from: offsetOf(from), below: offsetOf(below) } };
}

function isOfClass(name: string): (struct: Struct | undefined) => boolean {
  return (struct) => struct?.modelClass.name === name;
}

export function chainSource(
  heap: Heap,
  { logs, amounts }: ChainPlan,
  entry: FunctionCode,
  memo: MemoRange | null,
): ChainSource {
  const addresses = (isWanted: (cell: Cell) => boolean) =>
    heap.cells.filter(isWanted).map(({ address }) => address);
  return {
    entry,
    // Which object a field points to is settled before a machine comes into memory.
    constants: new Set(
      addresses(({ object, key, type }) => type === 'pointer' || !heap.changes(object, key)),
    ),
    logs: logs.flatMap((log) => logsOf(heap, log)),
    amounts: addresses(({ object, key }) => amounts.includes(nameOf(object, key))),
    memo,
  };
}

function logsOf(heap: Heap, { of, length, elements }: LogPlan): Log[] {
  const cells = heap.cells.filter(({ object }) => object.constructor.name === of);
  const objects = [...new Set(cells.map(({ object }) => object))];
  return objects.flatMap((object) => {
    const addressOf = (key: string) =>
      cells.find((cell) => cell.object === object && cell.key === key)?.address ?? null;
    const [first, ...others] = [length, ...elements].map(addressOf);
    return first === null || others.includes(null) ? [] : [{ length: first, elements: others as number[] }];
  });
}
