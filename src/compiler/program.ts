import type { ObjectGraph } from './graph.ts';
import { bindingOf } from './host-bindings.ts';
import { allocate, MachineMemory } from './memory.ts';
import { isAt } from './places.ts';
import { type ChainsData, type ConstantField, MEMO_PLACES, MEMO_SIZE, type ProgramData } from './program-data.ts';
import type { ChainSource } from './chains/chain-source.ts';
import type { Layout } from './chains/image.ts';
import type { TypedArray } from './values.ts';
import type { ModelSource } from './source.ts';
import { Sync } from './sync.ts';

type Names = ReadonlySet<string> | null;

/** Compiled code that is ready to run on one machine after the other. */
export class Program {
  private call: (argument: number) => number;
  private readonly exports: Record<string, unknown>;
  private chained: { readonly chains: ChainsData; readonly call: (argument: number) => number } | null = null;
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
    public data: ProgramData,
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
    this.exports = new WebAssembly.Instance(module, { env }).exports;
    this.call = this.exports.entry as (argument: number) => number;
    if (data.chains !== null) this.addChains(data.chains);
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
    new Uint8Array(this.memory.buffer, this.data.memos, MEMO_PLACES * MEMO_SIZE).fill(0);
    this.chooseCall();
    return true;
  }

  addChains(chains: ChainsData): void {
    const env = { memory: this.memory, advance: this.exports.entry, memo: this.exports.memo } as Record<string, WebAssembly.ImportValue>;
    const exports = new WebAssembly.Instance(chains.module, { env }).exports as any;
    this.chained = { chains, call: exports.advance, turn: exports.turn } as any;
    this.data = { ...this.data, chains };
    if (this.machine !== null) this.chooseCall();
  }

  private chooseCall(): void {
    const { chained } = this;
    this.call = this.exports.entry as (argument: number) => number;
    if (chained === null) return;
    const memory = new Int32Array(this.memory.buffer);
    const { assumed } = chained.chains;
    for (let index = 0; index < assumed.length; index += 2)
      if (memory[assumed[index] >> 2] !== assumed[index + 1]) return;
    this.call = chained.call;
  }

  image(size?: number): ArrayBuffer {
    return (this.memory.buffer as ArrayBuffer).slice(0, size);
  }

  words(addresses: ReadonlySet<number>): Int32Array {
    const memory = new Int32Array(this.memory.buffer);
    return Int32Array.from([...addresses].flatMap((address) => [address, memory[address >> 2]]));
  }

  layout({ constants, logs, amounts }: ChainSource): Layout {
    const arrays = new Map<number, number>();
    for (const { address, table } of this.data.arrays) if (table !== null) arrays.set(address, table.byteLength);
    const { objects } = this.machine!.graph;
    const handles = new Set<number>();
    for (const { key, type, places } of this.data.columns) {
      if (type !== 'array') continue;
      for (let index = 0; index < places.length; index += 2) {
        const view = (objects[places[index]] as Record<string, TypedArray>)[key];
        arrays.set(view.byteOffset, view.byteLength);
        handles.add(places[index + 1]);
      }
    }
    for (const { address, owners } of this.data.arrays) {
      for (const { object, key } of owners) {
        const view = (objects[object] as Record<string, TypedArray>)[key];
        if (view.byteOffset === address) arrays.set(address, view.byteLength);
      }
    }
    const tables = new Set(this.data.arrays.filter(({ table }) => table !== null).map(({ address }) => address));
    const sorted = [...arrays].sort(([one], [other]) => one - other).map(([begin, length]) => ({ begin, end: begin + length, isTable: tables.has(begin) }));
    return { arrays: sorted, constants: new Set([...constants, ...sorted.map(({ begin }) => begin - 8)]), logs, amounts, handles };
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
