import { type ChainPlan, chainSource, compileMemo } from './chain-plan.ts';
import { reserveRoom } from './chains/room.ts';
import type { ChainSource } from './chains/source.ts';
import { Compilation } from './compilation.ts';
import type { ObjectGraph } from './graph.ts';
import { type Cell, Heap, type Lessons } from './heap.ts';
import { placeOf } from './places.ts';
import type {
  ArrayInMemory,
  ChoiceInMemory,
  ColumnInMemory,
  ConstantField,
  FieldPlace,
  ProgramData,
} from './program-data.ts';
import type { ModelSource } from './source.ts';
import { optimizedModule } from './v8-flags.ts';
import type { TypedArray } from './values.ts';
import type { FunctionCode } from './wasm/code.ts';
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
  readonly chains: ChainPlan;
}

/** A program, and what chains can be made from where it was compiled. */
export interface Compiled {
  readonly data: ProgramData;
  readonly source: ChainSource;
}

/** Compiles a method of the graph's root. */
export function compile(graph: ObjectGraph, source: ModelSource, lessons: Lessons, plan: Plan): Compiled {
  const heap = new Heap(graph, source, lessons);
  const compilation = new Compilation(graph, heap, plan.general, plan.chains.memo.method);
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const entry = compilation.entry(graph.root, plan.method, 1);
    const memo = compileMemo(compilation, plan.chains.memo);
    if (compilation.forgetOutdated()) continue;
    const { hosts, code } = compilation;
    heap.placeArrays();
    const exports: Record<string, FunctionCode> = memo === null ? { entry } : { entry, memo: memo.code };
    const memoryBytes = heap.size;
    const binary = encodeModule({ imports: hosts.imports, functions: code, exports, memoryBytes });
    const data = describe(graph, heap, compilation, plan, optimizedModule(binary));
    return { data, source: chainSource(heap, plan.chains, entry, memo?.range ?? null) };
  }
  throw new Error('the compiler does not come to an end');
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
    room: reserveRoom(heap),
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
