import { namesMentioned } from './footprint.ts';
import type { MachineMemory } from './memory.ts';
import { valueAt } from './places.ts';
import type { HostArgument, HostFunction, HostTask } from './program-data.ts';
import type { ModelSource } from './source.ts';
import type { Sync } from './sync.ts';

type HostCode = (...numbers: number[]) => number | undefined;
type Call = Extract<HostTask, { kind: 'call' }>;
type Methods = Record<string, (...values: readonly unknown[]) => unknown>;

/** Running code as the model's side sees it. */
export interface HostSide {
  /** Of the machine that it runs on at the moment. */
  memory(): MachineMemory;
  /** The model's own code is to run that may write these fields, null for any. */
  beforeCall(names: ReadonlySet<string> | null): Sync;
}

/** The functions that compiled code imports. */
export function bindingOf(task: HostTask, source: ModelSource, side: HostSide): HostCode {
  return task.kind === 'raise' ? raise(task.texts) : call(task, source, side);
}

function raise(texts: readonly string[]): HostCode {
  return (...numbers) => {
    throw new Error(texts.map((text, index) => text + (numbers[index] ?? '')).join(''));
  };
}

function call({ callee, args, isPure, result }: Call, source: ModelSource, side: HostSide): HostCode {
  const { self, module, name } = callee;
  const invoke = (memory: MachineMemory, values: readonly unknown[]) =>
    module === null
      ? (valueAt(memory.graph, self) as Methods)[name](...values)
      : source.module(module).callFunction(name, values);
  let names: ReadonlySet<string> | null | undefined;
  return (...numbers) => {
    const memory = side.memory();
    const values = valuesOf(args, numbers, memory);
    if (isPure) return asNumber(name, invoke(memory, values), result !== null);
    if (names === undefined) names = namesOf(callee, memory, source);
    const sync = side.beforeCall(names);
    memory.readFields(sync);
    const returned = invoke(memory, values);
    memory.writeFields(sync);
    return asNumber(name, returned, result !== null);
  };
}

function namesOf({ self, module, name }: HostFunction, { graph }: MachineMemory, source: ModelSource) {
  if (module !== null) {
    const from = source.module(module);
    return namesMentioned(from.functions.get(name)!, from, graph);
  }
  const method = graph.classOf(valueAt(graph, self) as object)!.method(name);
  return method === null ? null : namesMentioned(method.node, method.owner.module, graph);
}

function valuesOf(args: readonly HostArgument[], numbers: readonly number[], memory: MachineMemory) {
  let next = 0;
  return args.map((argument) => {
    if ('known' in argument) return valueAt(memory.graph, argument.known);
    const number = numbers[next++];
    if (argument.type === 'pointer') return memory.objectAt(number);
    return argument.type === 'bool' ? number === 1 : number;
  });
}

/** Null is NaN in compiled code. */
function asNumber(name: string, returned: unknown, isWanted: boolean): number | undefined {
  if (!isWanted) return undefined;
  if (returned === null) return Number.NaN;
  if (typeof returned === 'number' || typeof returned === 'boolean') return Number(returned);
  throw new Error(`${name} returned ${String(returned)} to compiled code`);
}
