import type { FunctionBuilder } from './builder.ts';
import type { CellSet } from './cell-set.ts';
import type { Environment } from './frame.ts';
import { commonType, inLocal, known, UNDEFINED, type Unknown, type Value, wasmTypeOf } from './values.ts';
import { get, type Label, type Statement } from './wasm/code.ts';

interface Entry {
  /** Filled when the join is reached: what this way sets before it comes. */
  readonly sets: Statement[];
  readonly list: Statement[];
  readonly variables: Environment | null;
  readonly valid: CellSet;
  readonly value: Value;
}

/**
 * A point that several ways lead to: the end of a function with its returns, of a loop with its breaks, of a branch.
 * Variables whose values differ get a local that each way sets.
 */
export class Join {
  readonly label: Label = { used: false };
  private readonly entries: Entry[] = [];

  constructor(private readonly builder: FunctionBuilder) {}

  get isReached(): boolean {
    return this.entries.length > 0;
  }

  /** Comes here from the current point, by a jump. */
  enter(variables: Environment | null, value: Value = UNDEFINED): void {
    if (this.builder.dead) return;
    this.arrive(variables, value);
    this.builder.jump(this.label);
  }

  /** Comes here by falling through: the last way, nothing stands between. */
  arrive(variables: Environment | null, value: Value = UNDEFINED): void {
    const { builder } = this;
    if (builder.dead) return;
    const sets: Statement[] = [];
    this.entries.push({
      sets,
      list: builder.out,
      variables: variables === null ? null : new Map(variables),
      valid: builder.valid,
      value,
    });
    builder.out.push({ op: 'sequence', body: sets });
  }

  /**
   * Goes on from here. `list` holds the statements of all ways; a single way that ends it needs no jump. Returns the
   * value that was brought.
   */
  resolve(list: Statement[], variables: Environment | null): Value {
    const { builder, entries } = this;
    if (entries.length === 0) {
      builder.dead = true;
      return UNDEFINED;
    }
    builder.dead = false;
    const [first] = entries;
    if (entries.length === 1) {
      if (first.list === list) this.dropJump(list);
      builder.valid = first.valid;
      if (variables !== null) replace(variables, first.variables!);
      return first.value;
    }
    builder.valid = this.commonValid();
    if (variables !== null) {
      for (const name of variables.keys()) this.mergeVariable(variables, name);
    }
    return this.merge(entries.map(({ value }) => value));
  }

  /** A variable of an inner block, which not all ways have met, is not seen from here on. */
  private mergeVariable(variables: Environment, name: string): void {
    const values = this.entries.map((entry) => entry.variables!.get(name));
    if (values.includes(undefined)) variables.delete(name);
    else variables.set(name, this.merge(values as Value[]));
  }

  private dropJump(list: Statement[]): void {
    const last = list.at(-1);
    if (last?.op !== 'break' || last.label !== this.label) return;
    list.pop();
    this.label.used = false;
  }

  private commonValid(): CellSet {
    const [{ valid }, ...others] = this.entries;
    for (const other of others) valid.keep(other.valid);
    return valid;
  }

  private merge(values: readonly Value[]): Value {
    const [first] = values;
    if (values.every((value) => value === first)) return first;
    const common = commonType(values);
    if (common === null) return known((first as { value: unknown }).value);
    const { type, choices } = common;
    const local = this.builder.newLocal(wasmTypeOf(type), true);
    values.forEach((value, index) => {
      const converted = this.builder.convert.as(type, value);
      this.entries[index].sets.push({ op: 'set', local, value: converted });
    });
    const array = values.find((value): value is Unknown => !value.known && value.type === 'array')?.array;
    return inLocal({ known: false, type, code: get(local), choices, array }, local);
  }
}

function replace(variables: Environment, by: Environment): void {
  for (const name of variables.keys()) {
    const value = by.get(name);
    if (value !== undefined) variables.set(name, value);
    else variables.delete(name);
  }
}
