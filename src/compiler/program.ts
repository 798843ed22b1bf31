import { extentsOf, handlesOf, Layout } from './chains/layout.ts';
import { Refinement } from './chains/refinement.ts';
import type { ChainSource } from './chains/source.ts';
import { STUDY_PLAN, Study, type StudyPlan } from './chains/study.ts';
import type { ObjectGraph } from './graph.ts';
import { bindingOf } from './host-bindings.ts';
import { allocate, MachineMemory } from './memory.ts';
import { isAt } from './places.ts';
import type { ChainsData, ConstantField, ProgramData } from './program-data.ts';
import type { ModelSource } from './source.ts';
import { Sync } from './sync.ts';

type Names = ReadonlySet<string> | null;
type Call = (argument: number) => number;

/** Fields of some names. */
interface Touched {
  readonly sync: Sync;
  /** Those among them that the code takes for constant. */
  readonly constants: readonly ConstantField[];
}

/** Compiled code that is ready to run on one machine after the other. */
export class Program {
  private readonly exports: Record<string, unknown>;
  /** The same with chains, once there are any. */
  private chained: Call | null = null;
  /** One of the two. */
  private call: Call;
  private readonly memory: WebAssembly.Memory;
  private readonly constant: Sync;
  /** Fields that are looked at from outside between two runs; the others are in memory only. */
  private readonly visible: Sync;
  private readonly hidden: Sync;
  private readonly touched = new Map<Names, Touched>();
  /**
   * Of the machine that it runs or ran last: V8 throws away what it has optimised for classes whose last object is
   * gone, and a collection of garbage may come between two machines.
   */
  private machine: MachineMemory | null = null;
  private turns = 0;
  /** From the first look on, until there is no more to learn. */
  private study: Study | null = null;
  private refinement: Refinement | null = null;
  /** What the model's own functions that have been called in this run can touch. */
  private readonly called = new Set<Touched>();

  constructor(
    /** With its chains, once there are any. */
    public data: ProgramData,
    model: ModelSource,
    /** Null where another thread has compiled it, and once there is no more to learn. */
    private source: ChainSource | null = null,
    private readonly plan: StudyPlan = STUDY_PLAN,
  ) {
    const { columns, size, module, imports } = data;
    this.memory = allocate(size);
    this.constant = new Sync(columns.filter(({ changes }) => !changes));
    this.visible = new Sync(columns.filter(({ changes, isVisible }) => changes && isVisible));
    this.hidden = new Sync(columns.filter(({ changes, isVisible }) => changes && !isVisible));
    const env: Record<string, WebAssembly.ImportValue> = { memory: this.memory };
    const side = { memory: () => this.machine!, beforeCall: (names: Names) => this.beforeCall(names) };
    for (const { name, task } of imports) env[name] = bindingOf(task, model, side);
    this.exports = new WebAssembly.Instance(module, { env }).exports;
    this.call = this.exports.entry as Call;
    if (data.chains !== null) this.addChains(data.chains);
  }

  /**
   * Takes over a machine; false, and nothing is done, where it is of another kind than the program's own. What it asks
   * are loops: of a closure V8 forgets what it has optimised at the next collection of garbage.
   */
  attach(graph: ObjectGraph): boolean {
    const { classes, functions } = this.data;
    if (graph.functions.size !== functions || !graph.hasClasses(classes)) return false;
    if (this.changedConstant(graph, this.data.constants) !== null || !this.knowsChoices(graph)) return false;
    if (graph.sharing !== this.data.sharing) return false;
    this.machine = new MachineMemory(this.memory, this.data, graph);
    for (const sync of [this.constant, this.visible, this.hidden]) this.machine.writeFields(sync);
    this.chooseCall();
    return true;
  }

  // --- chains ----------------------------------------------------------------------------------------------------

  /** Makes so many turns, and looks at the machine now and then; what is left of them, or null at the machine's end. */
  private runStudied(turns: number, expected: number): number | null {
    const { distance } = this.plan;
    let left = turns;
    while (this.source !== null && left > distance) {
      this.look(this.source, expected);
      if (this.call(distance) !== 1) return null;
      left -= distance;
    }
    return left;
  }

  private look(source: ChainSource, expected: number): void {
    const study = this.study ?? new Study(source, this.data.room, this.plan);
    this.study = study;
    if (!study.look(this.layout(source), this.bytes)) return;
    const chains = study.chains(1);
    this.source = null;
    this.study = null;
    if (chains === null) return;
    if (expected >= this.plan.worthRefining) this.refine(source, study);
    this.addChains(chains);
  }

  /** From here on, some of the turns are looked at that the chains cannot make. */
  private refine(source: ChainSource, study: Study): void {
    const look = () => study.lookAtDisturbed(this.layout(source), this.bytes);
    this.refinement = new Refinement(this.plan.every, look);
    this.study = study;
  }

  /** After so many turns, makes chains anew if enough has been seen. */
  private refineAfter(turns: number): void {
    const { refinement, study } = this;
    if (refinement === null) return;
    refinement.turns += turns;
    if (!refinement.isDone) return;
    const chains = study!.chains(refinement.share);
    this.refinement = null;
    this.study = null;
    if (chains !== null) this.addChains(chains);
  }

  private layout({ constants, logs, amounts }: ChainSource): Layout {
    const { data, machine } = this;
    return new Layout(extentsOf(data, machine!.graph.objects), constants, handlesOf(data), logs, amounts);
  }

  private get bytes(): Uint8Array {
    return new Uint8Array(this.memory.buffer);
  }

  private addChains(chains: ChainsData): void {
    const { entry, memo } = this.exports as Record<string, Call>;
    const { refinement } = this;
    const watched = (turns: number) => {
      refinement!.note(turns);
      return entry(turns);
    };
    const env = { memory: this.memory, advance: refinement === null ? entry : watched, memo };
    this.chained = new WebAssembly.Instance(chains.module, { env }).exports.advance as Call;
    this.data = { ...this.data, chains };
    // Other chains may have remembered something else in the same places.
    this.machine?.forgetMemos();
    this.chooseCall();
  }

  /** Chains are for machines with the same constants in memory. */
  private chooseCall(): void {
    const { chains } = this.data;
    this.call = this.exports.entry as Call;
    if (this.chained === null || chains === null || this.machine === null) return;
    const words = new Int32Array(this.memory.buffer);
    const { assumed } = chains;
    const isSame = (at: number) => words[assumed[at] >> 2] === assumed[at + 1];
    for (let at = 0; at < assumed.length; at += 2) if (!isSame(at)) return;
    this.call = this.chained;
  }

  // --- running ---------------------------------------------------------------------------------------------------

  /**
   * Runs the method on the machine; before and after, what is visible of its objects is up to date. `expected`: turns
   * that are known to come, null if the method may make more or fewer than it is asked for, which chains cannot.
   */
  run(turns: number, expected: number | null): boolean {
    const machine = this.machine!;
    this.turns += turns;
    machine.writeFields(this.visible);
    const { worth, settled } = this.plan;
    const isTime = expected !== null && this.turns > (expected < worth ? worth : settled);
    const left = isTime ? this.runStudied(turns, expected) : turns;
    const goesOn = left !== null && this.call(left) === 1;
    this.refineAfter(left ?? 0);
    machine.readFields(this.visible);
    this.assertConstants(machine.graph);
    return goesOn;
  }

  /** Leaves the machine alone, all of its state in its objects, with arrays of its own. */
  detach(): void {
    this.machine?.readFields(this.hidden);
    this.machine?.detach();
  }

  private beforeCall(names: Names): Sync {
    const touched = this.touched.get(names) ?? this.touchedBy(names);
    this.touched.set(names, touched);
    this.called.add(touched);
    return touched.sync;
  }

  private touchedBy(names: Names): Touched {
    const { columns, constants } = this.data;
    const isTouched = ({ key }: { key: string }) => names === null || names.has(key);
    const sync = new Sync(columns.filter((column) => column.changes && isTouched(column)));
    return { sync, constants: constants.filter(isTouched) };
  }

  /** Whether the code has been told of all that its fields hold at the moment. */
  private knowsChoices(graph: ObjectGraph): boolean {
    for (const { object, key, choices } of this.data.choices) {
      const value = (graph.objects[object] as Record<string, unknown>)[key];
      if (!choices.some(([, place]) => isAt(graph, place, value))) return false;
    }
    return true;
  }

  /** One of the fields that the code takes for constant which has another value on this machine. */
  private changedConstant(graph: ObjectGraph, constants: readonly ConstantField[]): ConstantField | null {
    for (const constant of constants) {
      const value = (graph.objects[constant.object] as Record<string, unknown>)[constant.key];
      if (!isAt(graph, constant.value, value)) return constant;
    }
    return null;
  }

  /** The model's own code has run, which may write what compiled code does not. */
  private assertConstants(graph: ObjectGraph): void {
    for (const { constants } of this.called) {
      const changed = this.changedConstant(graph, constants);
      if (changed === null) continue;
      throw new Error(`compiled code takes ${this.data.classes[changed.object]}.${changed.key} for constant`);
    }
    this.called.clear();
  }
}
