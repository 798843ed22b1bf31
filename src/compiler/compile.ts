import { Compilation } from './compilation.ts';
import { ObjectGraph } from './graph.ts';
import { Heap, type Lessons, noLessons } from './heap.ts';
import type { HostSide } from './hosts.ts';
import { MachineMemory } from './memory.ts';
import { ModelSource } from './source.ts';
import { methodsUsed } from './usage.ts';
import { encodeModule } from './wasm/encode.ts';

/** Attempts until nothing new is learned of the fields. */
const MOST_ATTEMPTS = 12;

export interface CompiledMethod {
  /** Calls it. */
  readonly call: (...numbers: number[]) => number;
  /** Gives the machine its state back: from here on it is as if it had run by itself. */
  readonly release: () => void;
  /** Functions that are left to the model itself. */
  readonly hosts: readonly string[];
  readonly bytes: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly reasons: readonly string[];
}

let source: ModelSource | null = null;

/** Compiles a method of an object of a built machine, for this machine only. */
export function compileMethod(
  root: object,
  name: string,
  parameters: number,
  warmUp: () => void,
): CompiledMethod {
  source ??= ModelSource.read();
  const lessons = noLessons(methodsUsed(new ObjectGraph(root, source), warmUp));
  const graph = new ObjectGraph(root, source);
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const compiled = tryOnce(graph, source, lessons, name, parameters);
    if (compiled !== null) return compiled;
  }
  throw new Error('the compiler does not come to an end');
}

function tryOnce(
  graph: ObjectGraph,
  model: ModelSource,
  lessons: Lessons,
  name: string,
  parameters: number,
): CompiledMethod | null {
  const heap = new Heap(graph, model, lessons);
  const compilation = new Compilation(graph, heap);
  const entry = compilation.entry(graph.root, name, parameters);
  if (process.env.SHOW) console.log(performance.now(), heap.isOutdated, compilation.reasons, compilation.hosts.names);
  if (heap.isOutdated) return null;
  const { hosts, constants, code } = compilation;
  const binary = encodeModule({ imports: hosts.imports, functions: code, exports: { entry } });
  const memory = new MachineMemory(graph, heap);
  const side: HostSide = {
    memory,
    counts: {},
    check: () => {
      for (const { object, key, value } of constants) {
        const now = (object as Record<string, unknown>)[key];
        if (!Object.is(now, value) && !ArrayBuffer.isView(value))
          throw new Error(`${object.constructor.name}.${key} is not constant`);
      }
    },
  };
  const env: Record<string, WebAssembly.ImportValue> = { memory: memory.memory };
  for (const { name: imported, bind } of hosts.imports) env[imported] = bind(side);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(binary), { env });
  return {
    call: instance.exports.entry as (...numbers: number[]) => number,
    release: () => memory.detach(),
    hosts: hosts.names,
    counts: side.counts,
    bytes: binary.length,
    reasons: compilation.reasons,
  };
}
