import type { ObjectGraph } from './graph.ts';
import { bindingOf } from './host-bindings.ts';
import { allocate, MachineMemory } from './memory.ts';
import { isAt } from './places.ts';
import type { ConstantField, ProgramData } from './program-data.ts';
import type { ModelSource } from './source.ts';
import { Sync } from './sync.ts';

type Names = ReadonlySet<string> | null;

/** Compiled code that is ready to run on one machine after the other. */
export class Program {
  private readonly call: (argument: number) => number;
  private readonly memory: WebAssembly.Memory;
  private readonly constant: Sync;
  /** Fields that are looked at from outside between two runs; the others are in memory only. */
  private readonly visible: Sync;
  private readonly hidden: Sync;
  private readonly syncs = new Map<Names, Sync>();
  private machine: MachineMemory | null = null;
  /** How often the model's own functions have been called. */
  private hostCalls = 0;

  constructor(
    readonly data: ProgramData,
    source: ModelSource,
  ) {
    const { columns, size, module, imports } = data;
    this.memory = allocate(size);
    this.constant = new Sync(columns.filter(({ changes }) => !changes));
    this.visible = new Sync(columns.filter(({ changes, isVisible }) => changes && isVisible));
    this.hidden = new Sync(columns.filter(({ changes, isVisible }) => changes && !isVisible));
    const env: Record<string, WebAssembly.ImportValue> = { memory: this.memory };
    const side = { memory: () => this.machine!, beforeCall: (names: Names) => this.beforeCall(names) };
    for (const { name, task } of imports) env[name] = bindingOf(task, source, side);
    this.call = new WebAssembly.Instance(module, { env }).exports.entry as (argument: number) => number;
  }

  /** Takes over a machine; false, and nothing is done, where it is of another kind than the program's own. */
  attach(graph: ObjectGraph): boolean {
    const { classes, functions } = this.data;
    if (graph.functions.size !== functions || graph.objects.length !== classes.length) return false;
    if (!graph.objects.every((object, index) => object.constructor.name === classes[index])) return false;
    if (this.changedConstant(graph) !== null || !this.knowsChoices(graph)) return false;
    if (graph.sharing !== this.data.sharing) return false;
    this.machine = new MachineMemory(this.memory, this.data, graph);
    for (const sync of [this.constant, this.visible, this.hidden]) this.machine.writeFields(sync);
    return true;
  }

  /** Runs the method on the machine; before and after, what is visible of its objects is up to date. */
  run(argument: number): number {
    const machine = this.machine!;
    machine.writeFields(this.visible);
    const before = this.hostCalls;
    const result = this.call(argument);
    machine.readFields(this.visible);
    if (this.hostCalls !== before) this.assertConstants(machine.graph);
    return result;
  }

  /** Leaves the machine alone, all of its state in its objects, with arrays of its own. */
  detach(): void {
    this.machine?.readFields(this.hidden);
    this.machine?.detach();
    this.machine = null;
  }

  private beforeCall(names: Names): Sync {
    this.hostCalls++;
    let sync = this.syncs.get(names);
    if (sync === undefined) {
      const isTouched = (key: string) => names === null || names.has(key);
      sync = new Sync(this.data.columns.filter(({ changes, key }) => changes && isTouched(key)));
      this.syncs.set(names, sync);
    }
    return sync;
  }

  /** Whether the code has been told of all that its fields hold at the moment. */
  private knowsChoices(graph: ObjectGraph): boolean {
    return this.data.choices.every(({ object, key, choices }) => {
      const value = (graph.objects[object] as Record<string, unknown>)[key];
      return choices.some(([, place]) => isAt(graph, place, value));
    });
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
