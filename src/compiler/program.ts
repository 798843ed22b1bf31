import type { ObjectGraph } from './graph.ts';
import { bindingOf } from './host-bindings.ts';
import { allocate, MachineMemory, type MemoryLayout } from './memory.ts';
import { isAt } from './places.ts';
import type { ConstantField, ProgramData } from './program-data.ts';
import type { ModelSource } from './source.ts';
import { Sync } from './sync.ts';

/** Compiled code that is ready to run on one machine after the other. */
export class Program {
  private readonly call: (argument: number) => number;
  private readonly memory: WebAssembly.Memory;
  private readonly layout: MemoryLayout;
  private machine: MachineMemory | null = null;
  /** How often the model's own functions have been called. */
  private hostCalls = 0;

  constructor(
    readonly data: ProgramData,
    source: ModelSource,
  ) {
    const { fields, size, module, imports } = data;
    this.memory = allocate(size);
    const changing = new Sync(fields.filter(({ changes }) => changes));
    const constant = new Sync(fields.filter(({ changes }) => !changes));
    this.layout = { data, changing, constant };
    const env: Record<string, WebAssembly.ImportValue> = { memory: this.memory };
    const side = { memory: () => this.machine!, beforeCall: () => this.hostCalls++ };
    for (const { name, task } of imports) env[name] = bindingOf(task, source, side);
    this.call = new WebAssembly.Instance(module, { env }).exports.entry as (argument: number) => number;
  }

  /** Takes over a machine; false, and nothing is done, where it is of another kind than the program's own. */
  attach(graph: ObjectGraph): boolean {
    const { classes, functions } = this.data;
    if (graph.functions.size !== functions || graph.objects.length !== classes.length) return false;
    if (!graph.objects.every((object, index) => object.constructor.name === classes[index])) return false;
    if (this.changedConstant(graph) !== null) return false;
    this.machine = new MachineMemory(this.memory, this.layout, graph);
    return true;
  }

  /** Runs the method on the machine; before and after, its objects hold all of its state. */
  run(argument: number): number {
    const machine = this.machine!;
    machine.writeFields();
    const before = this.hostCalls;
    const result = this.call(argument);
    machine.readFields();
    if (this.hostCalls !== before) this.assertConstants(machine.graph);
    return result;
  }

  /** Leaves the machine alone, with arrays of its own. */
  detach(): void {
    this.machine?.detach();
    this.machine = null;
  }

  /** A field that the code takes for constant, and which has another value on this machine. */
  private changedConstant(graph: ObjectGraph): ConstantField | null {
    const isChanged = ({ object, key, value }: ConstantField) =>
      !isAt(graph, value, (graph.objects[object] as Record<string, unknown>)[key]);
    return this.data.constants.find(isChanged) ?? null;
  }

  /** The model's own code has run, which may write what compiled code does not. */
  private assertConstants(graph: ObjectGraph): void {
    const changed = this.changedConstant(graph);
    if (changed === null) return;
    throw new Error(`compiled code takes ${this.data.classes[changed.object]}.${changed.key} for constant`);
  }
}
