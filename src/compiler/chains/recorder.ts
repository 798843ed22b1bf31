import type { Callee, Expression, FunctionCode, Label, Local, Statement, WasmType } from '../wasm/code.ts';
import { Op } from '../wasm/opcodes.ts';
import { Effects } from './effects.ts';
import type { Image, Log } from './image.ts';
import type { CallNode, Node, Nodes } from './nodes.ts';
import type { Path, Step, Store } from './path-tree.ts';

/** A turn that no chain can express: it calls the model, or mixes what cannot be told apart. */
export class Disturbed extends Error {}

/** Locals by their numbers. */
type Frame = Node[];
const RETURN: Label = { used: true };

/**
 * Runs code over an image of the memory, and keeps what it computes as a path: what the turn tested, with which
 * outcome, and what it left in memory, all as functions of the memory that it began with.
 */
export class Recorder {
  private readonly steps: Step[] = [];
  private readonly outcomes = new Map<Node, boolean>();
  /** Values that tests have shown to be constants. */
  private readonly proved = new Map<Node, Node>();
  /** What is in memory now and was not at the beginning, by address. */
  private readonly pending = new Map<number, { opcode: number; value: Node }>();
  /** Stores to elements whose place changes from turn to turn. */
  private readonly elements: (Store & { array: number })[] = [];
  /** From arrays. */
  private readonly loads: { readonly array: number; readonly place: Node; readonly offset: number }[] = [];
  private readonly storedArrays = new Set<number>();
  private readonly latestCalls = new Map<number, CallNode>();
  private latestCall: CallNode | null = null;
  private frame: Frame = [];
  private result: Node | null = null;
  /** Conditional calls of functions with few effects so far. */
  private sites = 0;
  /** Above 0 while code runs that only leaves its effects in the image. */
  private silent = 0;

  constructor(
    private readonly nodes: Nodes,
    private readonly image: Image,
    private readonly effects: Effects,
    /** Places among such calls where one has been seen to be made; null for all places. */
    private readonly made: ReadonlySet<number> | null,
    private readonly seen: Set<number>,
  ) {}

  /** One turn. Throws `Disturbed`. */
  record(entry: FunctionCode, argument: number): Path {
    const result = this.call(entry, [this.nodes.constant('f64', argument)]);
    if (result?.kind !== 'const' || result.now !== 1) throw new Disturbed('a turn that is the last');
    this.refuseOverlaps();
    const stores: Store[] = this.elements.map(({ opcode, base, offset, value }) => ({ opcode, base, offset, value }));
    const zero = this.nodes.constant('i32', 0);
    for (const log of this.image.logs) this.dropUnused(log);
    for (const [offset, { opcode, value }] of this.pending)
      if (!this.isUnchanged(offset, value)) stores.push({ opcode, base: zero, offset, value });
    return { steps: this.steps, stores };
  }

  /** An array with stores to places that change is read at the very same place only; others, at places that change, if nothing is stored there. */
  private refuseOverlaps(): void {
    for (const { array, place, offset } of this.loads) {
      const element = this.elements.find((other) => other.array === array);
      const isSame = element?.base === place && element.offset === offset;
      if (element !== undefined ? !isSame : place.kind !== 'const' && this.storedArrays.has(array))
        throw new Disturbed('an array that is written at unknown places');
    }
  }

  /** What is written to a log that is empty in the end means nothing. */
  private dropUnused({ length, elements }: Log): void {
    const left = this.pending.get(length)?.value;
    if (left?.kind !== 'const' || left.now !== 0) return;
    const arrays = elements.map((handle) => this.image.read(Op.i32Load, handle));
    for (const address of this.pending.keys()) {
      const array = this.image.arrayAt(address);
      if (array !== null && arrays.includes(array)) this.pending.delete(address);
    }
  }

  private isUnchanged(address: number, { kind, operands, immediate, after }: Node): boolean {
    return kind === 'load' && after === null && operands[0].kind === 'const' && immediate === address;
  }

  // --- statements ------------------------------------------------------------------------------------------------

  private run(body: readonly Statement[]): Label | null {
    for (const statement of body) {
      const left = this.step(statement);
      if (left !== null) return left;
    }
    return null;
  }

  private step(statement: Statement): Label | null {
    switch (statement.op) {
      case 'set':
        this.frame[statement.local.index] = this.evaluate(statement.value);
        return null;
      case 'store':
        this.store(statement);
        return null;
      case 'if':
        if (this.keepCall(statement)) return null;
        return this.run(this.decide(this.evaluate(statement.test)) ? statement.yes : statement.no);
      case 'block': {
        const left = this.run(statement.body);
        return left === statement.label ? null : left;
      }
      case 'sequence':
        if (statement.memo === undefined) return this.run(statement.body);
        this.remember(statement.memo.operands, statement.memo.result, statement.body);
        return null;
      case 'loop':
        for (;;) {
          const left = this.run(statement.body);
          if (left !== statement.label) return left;
        }
      case 'break':
        return statement.label;
      case 'call': {
        const operands = statement.operands.map((operand) => this.evaluate(operand));
        const result = this.call(bodyOf(statement.callee), operands);
        if (statement.result !== null) this.frame[statement.result.index] = result!;
        return null;
      }
      case 'return':
        this.result = statement.value === null ? null : this.evaluate(statement.value);
        return RETURN;
      case 'unreachable':
        throw new Disturbed('code that is never reached');
    }
  }

  private call({ params, body }: FunctionCode, operands: readonly Node[]): Node | null {
    const { frame } = this;
    this.frame = [];
    for (let index = 0; index < params.length; index++) this.frame[params[index].index] = operands[index];
    this.result = null;
    this.run(body);
    this.frame = frame;
    return this.result;
  }

  /** Which way a test goes. Each is asked once on a path. */
  private decide(test: Node): boolean {
    const isNegated = test.kind === 'operate' && test.opcodes[0] === Op.i32Eqz;
    if (isNegated) return !this.decide(test.operands[0]);
    const outcome = test.now !== 0;
    if (test.kind === 'const' || this.silent > 0 || this.outcomes.has(test)) return outcome;
    this.outcomes.set(test, outcome);
    this.steps.push({ kind: 'test', test, outcome });
    const [one, other] = test.operands;
    if (outcome && test.opcodes[0] === Op.i32Eq && other.kind === 'const') this.proved.set(one, other);
    return outcome;
  }

  /** What a function comes to that depends on nothing but its arguments. */
  private remember(operands: readonly Expression[], result: Local, body: readonly Statement[]): void {
    const [key, argument] = operands.map((operand) => this.evaluate(operand));
    if (key.kind !== 'const') throw new Disturbed('a memo of an unknown object');
    this.silently(() => this.run(body));
    const value = this.frame[result.index];
    if (value === undefined) throw new Disturbed('a memo without a result');
    if (this.silent === 0) this.frame[result.index] = this.nodes.memo(key, argument, value.now);
  }

  private silently(body: () => void): void {
    this.silent++;
    body();
    this.silent--;
  }

  /** Whether the branch is a call of a function with few effects, which chains make too. */
  private keepCall(statement: Statement & { op: 'if' }): boolean {
    if (this.silent > 0) return false;
    const simple = this.effects.ofBranch(statement);
    if (simple === null) return false;
    const { call, callee, sets, effects } = simple;
    const { test } = statement;
    for (const address of effects.fields) if (this.pending.has(address)) return false;
    const condition = this.evaluate(test);
    if (condition.kind === 'const') return false;
    const site = this.sites++;
    if (condition.now !== 0) this.seen.add(site);
    if (this.made?.has(site) === false) return false;
    const operands = call.operands.map((operand) => this.evaluate(operand));
    const made = this.nodes.call(callee, condition, operands, this.latestCall);
    this.steps.push({ kind: 'call', call: made });
    this.latestCall = made;
    for (const address of effects.writes) this.latestCalls.set(address, made);
    if (condition.now !== 0) this.silently(() => this.call(callee, operands));
    for (const { local, value } of sets) this.setAfter(condition, local, value);
    return true;
  }

  /** A local that is read anew if the call is made, and else holds what is in memory anyway. */
  private setAfter(condition: Node, local: Local, value: Expression): void {
    const before = this.frame[local.index];
    const after = this.evaluate(value);
    const isSame =
      before === undefined ||
      (before.kind === 'load' && after.kind === 'load' && before.immediate === after.immediate);
    this.frame[local.index] = isSame ? after : this.nodes.choose(condition, after, before);
  }

  // --- memory ----------------------------------------------------------------------------------------------------

  private store({ opcode, base, offset, value }: Statement & { op: 'store' }): void {
    const place = this.fixed(this.evaluate(base));
    const node = this.evaluate(value);
    const address = place.now + offset;
    this.image.write(opcode, address, node.now);
    if (this.silent > 0) return;
    const array = this.image.arrayAt(address);
    if (place.kind === 'const') {
      if (array !== null) this.noteStore(array);
      this.refuseMixed(address);
      this.pending.set(address, { opcode, value: node });
      return;
    }
    if (array === null) throw new Disturbed('a store to an unknown place');
    if (this.elements.some((other) => other.array === array)) throw new Disturbed('two stores to unknown places');
    this.storedArrays.add(array);
    this.elements.push({ opcode, base: place, offset, value: node, array });
  }

  private noteStore(array: number): void {
    if (this.elements.some((other) => other.array === array)) throw new Disturbed('stores that may overlap');
    this.storedArrays.add(array);
  }

  private refuseMixed(address: number): void {
    if (this.latestCalls.has(address)) throw new Disturbed('a field that a call has written');
  }

  private load({ type, opcode, base, offset }: Expression & { op: 'load' }): Node {
    const place = this.fixed(this.evaluate(base));
    const address = place.now + offset;
    if (place.kind === 'const') return this.loadFrom(type, opcode, address);
    const element = this.elements.find((other) => other.base === place && other.offset === offset);
    if (element !== undefined) return element.value;
    const array = this.image.arrayAt(address);
    if (this.silent === 0) {
      if (array === null) throw new Disturbed('a load from an unknown place');
      this.loads.push({ array, place, offset });
    }
    const node = this.nodes.load(type, opcode, place, offset, null, this.image.read(opcode, address));
    if (array !== null && this.image.isOfAmounts(array)) this.nodes.amounts.add(node);
    return node;
  }

  private loadFrom(type: WasmType, opcode: number, address: number): Node {
    const written = this.pending.get(address);
    if (written !== undefined && this.silent === 0) return this.written(written, opcode);
    const now = this.image.read(opcode, address);
    if (this.silent > 0) return this.nodes.load(type, opcode, this.nodes.constant('i32', 0), address, null, now);
    if (this.image.isTable(address)) return this.nodes.constant(type, now);
    if (this.image.isConstant(address)) {
      this.image.assume(address);
      return this.nodes.constant(type, now);
    }
    const after = this.latestCalls.get(address) ?? null;
    const zero = this.nodes.constant('i32', 0);
    const array = this.image.arrayAt(address);
    if (array !== null) this.loads.push({ array, place: zero, offset: address });
    const node = this.nodes.load(type, opcode, zero, address, after, now);
    const proved = this.proved.get(node);
    if (proved !== undefined) return proved;
    const isFlag = after === null && array === null && type === 'i32' && !this.image.isHandle(address);
    return isFlag ? this.known(node) : node;
  }

  private written({ opcode, value }: { opcode: number; value: Node }, load: number): Node {
    if (load === Op.i32Load8U && opcode === Op.i32Store8)
      return this.nodes.operate('i32', [Op.i32And], value, this.nodes.constant('i32', 0xff));
    if (load === Op.i32Load16U && opcode === Op.i32Store16)
      return this.nodes.operate('i32', [Op.i32And], value, this.nodes.constant('i32', 0xffff));
    const isSame =
      (load === Op.f64Load && opcode === Op.f64Store) || (load === Op.i32Load && opcode === Op.i32Store);
    if (!isSame) throw new Disturbed('a field of two types');
    return value;
  }

  /** A field that was the same at the beginning of all turns: taken for constant, behind a test. */
  private known(node: Node): Node {
    if (!this.image.isSteady(node.immediate, node.type)) return node;
    const constant = this.nodes.constant(node.type, node.now);
    const opcode = node.type === 'i32' ? Op.i32Eq : Op.f64Eq;
    if (!this.decide(this.nodes.operate('i32', [opcode], node, constant)))
      throw new Disturbed('a field that has changed');
    return constant;
  }

  /** The same place as a constant, if it is made of fields that are the same in all turns. */
  private fixed(node: Node): Node {
    if (node.kind === 'const' || this.silent > 0 || !this.isFixable(node)) return node;
    return this.fold(node);
  }

  private isFixable({ kind, type, operands, immediate, after }: Node): boolean {
    if (kind === 'const') return true;
    if (kind === 'operate') return operands.every((operand) => this.isFixable(operand));
    if (kind !== 'load' || after !== null || operands[0].kind !== 'const') return false;
    return this.image.isSteady(immediate, type);
  }

  private fold(node: Node): Node {
    if (node.kind === 'const') return node;
    if (node.kind === 'load') return this.known(node);
    const [one, other] = node.operands.map((operand) => this.fold(operand));
    return this.nodes.operate(node.type, node.opcodes, one, other ?? null);
  }

  // --- expressions -----------------------------------------------------------------------------------------------

  private evaluate(expression: Expression): Node {
    switch (expression.op) {
      case 'const':
        return this.nodes.constant(expression.type, expression.value);
      case 'get':
        return this.frame[expression.local.index] ?? this.nodes.constant(expression.type, 0);
      case 'load':
        return this.load(expression);
      case 'operate': {
        const { type, opcodes, operands } = expression;
        const one = this.evaluate(operands[0]);
        return this.nodes.operate(type, opcodes, one, operands.length > 1 ? this.evaluate(operands[1]) : null);
      }
      case 'choose': {
        const test = this.evaluate(expression.test);
        if (test.kind === 'const') return this.evaluate(test.now !== 0 ? expression.yes : expression.no);
        return this.nodes.choose(test, this.evaluate(expression.yes), this.evaluate(expression.no));
      }
    }
  }
}

function bodyOf(callee: Callee): FunctionCode {
  if (!('body' in callee)) throw new Disturbed('a call of the model');
  return callee as FunctionCode;
}
