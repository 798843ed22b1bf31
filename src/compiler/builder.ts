import { CellSet } from './cell-set.ts';
import { Closure } from './frame.ts';
import type { Cell, Heap } from './heap.ts';
import { Join } from './join.ts';
import {
  arrayKindOf,
  Conversions,
  inLocal,
  type TypedArray,
  type Unknown,
  Unsupported,
  type Value,
  wasmTypeOf,
} from './values.ts';
import {
  type Callee,
  type Expression,
  get,
  i32,
  isStable,
  type Label,
  type Local,
  type Statement,
  type WasmType,
} from './wasm/code.ts';
import { Op } from './wasm/opcodes.ts';

/**
 * One function of compiled code while it grows. A field that has been read or written stays in a local of its own,
 * its home, until something may have changed it elsewhere; writes go to memory as well.
 */
export class FunctionBuilder {
  readonly locals: Local[] = [];
  out: Statement[] = [];
  /** How many have been emitted. */
  statements = 0;
  /** What follows is never reached. */
  dead = false;
  /** Fields that are in their homes at this point. */
  valid = new CellSet();
  readonly convert: Conversions;
  /** Fields that this function may change, its callees included. */
  readonly writes = new CellSet();
  writesAnything = false;
  /** Fields of which more may be learned later: what was known of them when this was compiled. */
  readonly touched: object[] = [];
  private readonly homes = new Map<Cell, Local>();

  constructor(readonly heap: Heap) {
    this.convert = new Conversions(heap.choices, () => this.dead);
  }

  // --- statements ------------------------------------------------------------------------------------------------

  emit(statement: Statement): void {
    if (this.dead) return;
    this.out.push(statement);
    this.statements++;
  }

  /** Runs `body` with its statements going to a list of their own. */
  inList(body: () => void): Statement[] {
    const { out } = this;
    const list: Statement[] = [];
    this.out = list;
    body();
    this.out = out;
    return list;
  }

  newLocal(type: WasmType, immutable = false): Local {
    const local = { type, immutable, index: 0 };
    this.locals.push(local);
    return local;
  }

  set(local: Local, value: Expression): void {
    this.emit({ op: 'set', local, value });
  }

  call(callee: Callee, operands: readonly Expression[], result: Local | null, drops: boolean): void {
    this.emit({ op: 'call', callee, operands, result, drops });
  }

  trap(): void {
    this.emit({ op: 'unreachable' });
    this.dead = true;
  }

  /** The same value, computed once for all that use it. */
  held(value: Value): Value {
    if (value.known || value.code.op === 'const') return value;
    if (value.code.op === 'get' && value.code.local.immutable) return value;
    const local = this.newLocal(wasmTypeOf(value.type), true);
    this.set(local, value.code);
    return inLocal(value, local);
  }

  /** The same value, held by something that later statements leave alone. */
  steady(value: Value): Value {
    if (value.known || isStable(value.code)) return value;
    const local = this.newLocal(wasmTypeOf(value.type), true);
    this.set(local, value.code);
    return inLocal(value, local);
  }

  /** Evaluates one after the other; none sees what a later one does. */
  inOrder(evaluations: readonly (() => Value)[]): Value[] {
    const values: Value[] = [];
    const marks: number[] = [];
    for (const evaluation of evaluations) {
      values.push(evaluation());
      marks.push(this.out.length);
    }
    let inserted = 0;
    return values.map((value, index) => {
      const mark = marks[index] + inserted;
      if (value.known || isStable(value.code) || mark === this.out.length) return value;
      const local = this.newLocal(wasmTypeOf(value.type), true);
      this.out.splice(mark, 0, { op: 'set', local, value: value.code });
      inserted++;
      return inLocal(value, local);
    });
  }

  // --- branches --------------------------------------------------------------------------------------------------

  /** Two ways to the same point. What each leaves valid must hold on both. */
  branch(test: Expression, yes: () => void, no: () => void): void {
    if (this.dead) return;
    const before = this.valid;
    const taken = this.side(before, yes);
    const other = this.side(before, no);
    if (!taken.dead && !other.dead && other.list.every((statement) => statement.op === 'sequence'))
      this.refresh(taken, other.valid);
    this.dead = taken.dead && other.dead;
    if (taken.dead) this.valid = other.valid;
    else if (other.dead) this.valid = taken.valid;
    else {
      this.valid = taken.valid;
      this.valid.keep(other.valid);
    }
    this.out.push({ op: 'if', test, yes: taken.list, no: other.list });
  }

  /** Reads again what one way has lost and the other has not, so that both go on with it. */
  private refresh({ list, valid }: { list: Statement[]; valid: CellSet }, wanted: CellSet): void {
    for (const [cell, home] of this.homes) {
      if (!wanted.has(cell) || valid.has(cell)) continue;
      list.push({ op: 'set', local: home, value: loadCell(cell) });
      valid.add(cell);
    }
  }

  private side(before: CellSet, body: () => void): { list: Statement[]; valid: CellSet; dead: boolean } {
    this.valid = before.copy();
    this.dead = false;
    const list = this.inList(body);
    return { list, valid: this.valid, dead: this.dead };
  }

  newJoin(): Join {
    return new Join(this);
  }

  jump(label: Label): void {
    label.used = true;
    this.emit({ op: 'break', label });
    this.dead = true;
  }

  // --- fields ----------------------------------------------------------------------------------------------------

  read(cell: Cell): Unknown {
    this.touch(cell);
    return {
      known: false,
      type: cell.type,
      code: cell.isShared ? loadCell(cell) : this.readHome(cell),
      choices: cell.type === 'choice' ? [...cell.choices] : undefined,
      array: cell.array ?? undefined,
    };
  }

  private touch(cell: Cell): void {
    if (cell.type === 'choice' || cell.type === 'nullable') this.touched.push(cell);
  }

  private readHome(cell: Cell): Expression {
    const home = this.homeOf(cell);
    if (!this.valid.has(cell)) {
      this.set(home, loadCell(cell));
      if (!this.dead) this.valid.add(cell);
    }
    return get(home);
  }

  write(cell: Cell, value: Value): void {
    this.touch(cell);
    if (cell.type === 'choice') this.learn(cell, value);
    const opcode = wasmTypeOf(cell.type) === 'f64' ? Op.f64Store : Op.i32Store;
    const converted = this.convert.as(cell.type, value);
    if (cell.isShared) {
      this.emit({ op: 'store', opcode, base: i32(0), offset: cell.address, value: converted });
      return;
    }
    const home = this.homeOf(cell);
    this.set(home, converted);
    this.emit({ op: 'store', opcode, base: i32(0), offset: cell.address, value: get(home) });
    if (!this.dead) this.valid.add(cell);
    this.writes.add(cell);
  }

  private learn(cell: Cell, value: Value): void {
    if (value.known && value.value instanceof Closure)
      throw new Unsupported('a field that holds a new function');
    const isNumber =
      !value.known && (value.type === 'f64' || value.type === 'i32' || value.type === 'nullable');
    if (isNumber && [...cell.choices].every((choice) => choice === null || typeof choice === 'number'))
      this.heap.makeNullable(cell);
    else this.heap.widen(cell, value.known ? [value.value] : (value.choices ?? [false, true]));
  }

  private homeOf(cell: Cell): Local {
    let home = this.homes.get(cell);
    if (home === undefined || home.type !== wasmTypeOf(cell.type)) {
      home = this.newLocal(wasmTypeOf(cell.type));
      this.homes.set(cell, home);
    }
    return home;
  }

  /** Something outside has run that may have written these fields; null for any. */
  forget(cells: CellSet | null): void {
    if (cells === null) {
      this.valid = new CellSet();
      this.writesAnything = true;
      return;
    }
    this.valid.drop(cells);
    this.writes.include(cells);
  }

  // --- arrays ----------------------------------------------------------------------------------------------------

  /** A typed array as a value with an address. */
  arrayOf(array: TypedArray): Unknown {
    const code = i32(this.heap.addressOf(array));
    return { known: false, type: 'array', code, array: arrayKindOf(array) };
  }
}

function loadCell(cell: Cell): Expression {
  const type = wasmTypeOf(cell.type);
  const opcode = type === 'f64' ? Op.f64Load : Op.i32Load;
  return { op: 'load', type, opcode, base: i32(0), offset: cell.address };
}
