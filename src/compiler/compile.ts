import type { ChainSource, MemoSource } from './chains/chain-source.ts';
import type { Log } from './chains/image.ts';
import { Compilation } from './compilation.ts';
import type { ObjectGraph } from './graph.ts';
import { type Cell, Heap, type Lessons, nameOf } from './heap.ts';
import { placeOf } from './places.ts';
import type {
  ArrayInMemory,
  ChoiceInMemory,
  ColumnInMemory,
  ConstantField,
  FieldPlace,
  ProgramData,
} from './program-data.ts';
import { MEMO_PLACES, MEMO_SIZE, MOVES } from './program-data.ts';
import type { ModelSource } from './source.ts';
import { optimizedModule } from './v8-flags.ts';
import { type TypedArray, unknown, type Value } from './values.ts';
import { f64, type FunctionCode, i32 } from './wasm/code.ts';
import { encodeModule } from './wasm/encode.ts';

/** Attempts until nothing new is learned of the fields. */
const MOST_ATTEMPTS = 12;

/** What to compile, and how. */
export interface Plan {
  /** A method of the machine's root object that takes one number. */
  readonly method: string;
  /** Methods, as `Class.method`, of which one version must do for all objects and numbers. */
  readonly general: ReadonlySet<string>;
  /** Classes whose fields are looked at from outside between two calls. */
  readonly visible: readonly string[];
  readonly memo: MemoPlan | null;
  readonly logs: readonly LogPlan[];
  /** Fields, as `Class.field`, that hold arrays of numbers that are never negative. */
  readonly amounts: readonly string[];
}

/** A class of objects with arrays whose elements mean nothing from a length on. */
export interface LogPlan {
  readonly of: string;
  readonly length: string;
  readonly elements: readonly string[];
}

/** A method, as `Class.method`, whose result depends on its arguments alone: an object of a class, and a number. */
export interface MemoPlan {
  readonly method: string;
  readonly of: string;
  /** Fields where it leaves the range of the number for which the result holds. */
  readonly from: string;
  readonly below: string;
}

export interface Compiled {
  readonly data: ProgramData;
  readonly source: ChainSource;
}

/** Compiles a method of the graph's root. */
export function compile(graph: ObjectGraph, source: ModelSource, lessons: Lessons, plan: Plan): Compiled {
  const heap = new Heap(graph, source, lessons);
  const compilation = new Compilation(graph, heap, plan.general, plan.memo?.method ?? null);
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const entry = compilation.entry(graph.root, plan.method, 1);
    const memo = plan.memo === null ? null : memoOf(compilation, plan.memo);
    if (compilation.forgetOutdated()) continue;
    const { hosts, code } = compilation;
    heap.placeArrays();
    const exports: Record<string, FunctionCode> = memo === null ? { entry } : { entry, memo: memo.code };
    const binary = encodeModule({ imports: hosts.imports, functions: code, exports });
    const data = describe(graph, heap, compilation, plan, optimizedModule(binary));
    return { data, source: chainSource(heap, entry, memo, plan.logs, plan.amounts) };
  }
  throw new Error('the compiler does not come to an end');
}

function memoOf(compilation: Compilation, plan: MemoPlan): (MemoSource & { code: FunctionCode }) | null {
  const { graph, heap } = compilation;
  const [className, name] = plan.method.split('.');
  const object = graph.objects.find((one) => one.constructor.name === className);
  const struct = graph.objects.map((one) => heap.structs.of(one)).find((one) => one?.struct.modelClass.name === plan.of)?.struct;
  if (object === undefined || struct === undefined) return null;
  const pointer: Value = { known: false, type: 'pointer', code: i32(0), struct };
  const code = compilation.standalone(object, name, [pointer, unknown('f64', f64(0))]);
  if (code === null) return null;
  return { code, from: struct.fields.get(plan.from)!.offset, below: struct.fields.get(plan.below)!.offset };
}

function chainSource(heap: Heap, entry: FunctionCode, memo: MemoSource | null, logs: readonly LogPlan[], amounts: readonly string[]): ChainSource {
  const isConstant = ({ object, key, type }: Cell) => type === 'pointer' || !heap.changes(object, key);
  const constants = heap.cells.filter(isConstant).map(({ address }) => address);
  return { entry, constants: new Set(constants), logs: logs.flatMap((log) => logsOf(heap, log)), amounts: heap.cells.filter((cell) => amounts.includes(nameOf(cell.object, cell.key))).map(({ address }) => address), memo };
}

function logsOf(heap: Heap, { of, length, elements }: LogPlan): Log[] {
  const objects = new Set(heap.cells.map(({ object }) => object).filter((one) => one.constructor.name === of));
  const addressOf = (object: object, key: string) => heap.cellOf(object, key)?.address;
  return [...objects].flatMap((object) => {
    const places = [length, ...elements].map((key) => addressOf(object, key));
    const [first, ...others] = places.filter((place) => place !== undefined);
    return others.length === elements.length ? [{ length: first, elements: others }] : [];
  });
}

/** The program apart from the machine that it was compiled for. */
function describe(
  graph: ObjectGraph,
  heap: Heap,
  compilation: Compilation,
  { visible }: Plan,
  module: WebAssembly.Module,
): ProgramData {
  return {
    module,
    classes: graph.classNames,
    functions: graph.functions.size,
    sharing: graph.sharing,
    chains: null,
    memos: heap.allocate(MEMO_PLACES * MEMO_SIZE),
    moves: MOVES,
    numbers: 16 * Math.ceil(heap.allocate(8016) / 16),
    scratch: 16 * Math.ceil(heap.allocate(8016) / 16),
    size: heap.size,
    columns: columnsOf(graph, heap, visible),
    choices: heap.cells.filter(({ choices }) => choices.size > 0).map((cell) => choiceOf(graph, heap, cell)),
    arrays: [...heap.arrays].map(([array, address]) => arrayOf(graph, array, address)),
    placed: heap.structs.placements().map(([address, object]) => [address, graph.numberOf(object)]),
    constants: constantsOf(graph, compilation),
    imports: compilation.hosts.describe(graph),
  };
}

function fieldPlace(graph: ObjectGraph, object: object, key: string): FieldPlace {
  return { object: graph.numberOf(object), key };
}

/** The fields in memory, those of one name and kind together. */
function columnsOf(graph: ObjectGraph, heap: Heap, visible: readonly string[]): ColumnInMemory[] {
  const columns = new Map<string, Omit<ColumnInMemory, 'places'> & { places: number[] }>();
  for (const { object, key, address, type } of heap.cells) {
    const changes = heap.changes(object, key);
    const isVisible = visible.includes(object.constructor.name);
    const name = `${key} ${type} ${changes} ${isVisible}`;
    const column = columns.get(name) ?? { key, type, changes, isVisible, places: [] };
    column.places.push(graph.numberOf(object), address);
    columns.set(name, column);
  }
  return [...columns.values()].map((column) => ({ ...column, places: Int32Array.from(column.places) }));
}

function choiceOf(graph: ObjectGraph, heap: Heap, { object, key, address, choices }: Cell): ChoiceInMemory {
  const places = [...choices].map((one) => [heap.choices.numberOf(one), placeOf(graph, one)] as const);
  return { ...fieldPlace(graph, object, key), address, choices: places };
}

function arrayOf(graph: ObjectGraph, array: TypedArray, address: number): ArrayInMemory {
  const owners = graph.arrays.get(array) ?? [];
  return {
    address,
    length: array.length,
    owners: owners.map(({ object, key }) => fieldPlace(graph, object, key)),
    table: owners.length === 0 ? array : null,
  };
}

/** Those of the machine: what else the model's modules hold is the same everywhere. */
function constantsOf(graph: ObjectGraph, { constants }: Compilation): ConstantField[] {
  return constants
    .filter(({ object }) => graph.numberOf(object) !== -1)
    .map(({ object, key, value }) => ({
      ...fieldPlace(graph, object, key),
      value: placeOf(graph, value),
    }));
}
