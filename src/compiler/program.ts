import { Compilation } from './compilation.ts';
import type { ObjectGraph } from './graph.ts';
import { Heap, type Lessons } from './heap.ts';
import type { HostSide } from './hosts.ts';
import { type HeapSyncs, MachineMemory, syncsOf } from './memory.ts';
import type { ModelSource } from './source.ts';
import { Twin } from './twin.ts';
import { isTypedArray } from './values.ts';
import type { Constant } from './version.ts';
import { encodeModule } from './wasm/encode.ts';

/** Attempts until nothing new is learned of the fields. */
const MOST_ATTEMPTS = 12;

/** What to compile, and how. */
export interface Plan {
  /** A method of the machine's root object that takes one number. */
  readonly method: string;
  /** Methods, as `Class.method`, of which one version must do for all objects and numbers. */
  readonly general: ReadonlySet<string>;
}

/** The compiled form of one method of a machine's root object: for this machine, and for others of its kind. */
export class Program {
  private readonly call: (argument: number) => number;
  private readonly memory: WebAssembly.Memory;
  private readonly syncs: HeapSyncs;
  private readonly constants: readonly Constant[];
  private side: HostSide | null = null;

  private constructor(
    private readonly graph: ObjectGraph,
    private readonly heap: Heap,
    compilation: Compilation,
    binary: Uint8Array<ArrayBuffer>,
  ) {
    const { hosts, constants } = compilation;
    this.constants = constants;
    this.memory = MachineMemory.allocate(heap);
    this.syncs = syncsOf(heap);
    const env: Record<string, WebAssembly.ImportValue> = { memory: this.memory };
    for (const { name, bind } of hosts.imports) env[name] = bind(() => this.side!);
    const instance = new WebAssembly.Instance(new WebAssembly.Module(binary), { env });
    this.call = instance.exports.entry as (argument: number) => number;
  }

  /** Compiles a method of the graph's root. */
  static compile(graph: ObjectGraph, source: ModelSource, lessons: Lessons, plan: Plan): Program {
    const heap = new Heap(graph, source, lessons);
    const compilation = new Compilation(graph, heap, plan.general);
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const entry = compilation.entry(graph.root, plan.method, 1);
      if (compilation.forgetOutdated()) continue;
      const { hosts, code } = compilation;
      const binary = encodeModule({ imports: hosts.imports, functions: code, exports: { entry } });
      return new Program(graph, heap, compilation, binary);
    }
    throw new Error('the compiler does not come to an end');
  }

  /** Takes over a machine; false, and nothing is done, where it is of another kind than the program's own. */
  attach(graph: ObjectGraph): boolean {
    const twin = Twin.of(this.graph, graph);
    if (twin === null || this.changedConstant(twin) !== null) return false;
    const memory = new MachineMemory(this.memory, this.heap, this.syncs, twin);
    this.side = { memory, twin, calls: 0 };
    return true;
  }

  /** Runs the method on the machine; before and after, its objects hold all of its state. */
  run(argument: number): number {
    const side = this.side!;
    side.memory.writeFields();
    const { calls } = side;
    const result = this.call(argument);
    side.memory.readFields();
    if (side.calls !== calls) this.assertConstants(side.twin);
    return result;
  }

  /** Leaves the machine alone, with arrays of its own. */
  detach(): void {
    this.side?.memory.detach();
    this.side = null;
  }

  /** A field that the code takes for constant, and which has another value on this machine. */
  changedConstant(twin: Twin): Constant | null {
    return this.constants.find((constant) => !isUnchanged(constant, twin)) ?? null;
  }

  /** The model's own code has run, which may write what compiled code does not. */
  private assertConstants(twin: Twin): void {
    const changed = this.changedConstant(twin);
    if (changed === null) return;
    throw new Error(`compiled code takes ${changed.object.constructor.name}.${changed.key} for constant`);
  }
}

function isUnchanged({ object, key, value }: Constant, twin: Twin): boolean {
  const now = (twin.here(object) as Record<string, unknown>)[key];
  if (isTypedArray(value)) return isTypedArray(now) && now.length === value.length;
  return Object.is(now, twin.here(value));
}
