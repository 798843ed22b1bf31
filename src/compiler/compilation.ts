import { FunctionBuilder } from './builder.ts';
import { type Constant, Constants } from './constants.ts';
import { evaluate } from './expressions.ts';
import { Closure, type Frame } from './frame.ts';
import { type FunctionRef, Functions } from './functions.ts';
import { generalized } from './general.ts';
import type { ObjectGraph } from './graph.ts';
import type { Heap } from './heap.ts';
import { callHost } from './host-calls.ts';
import { Hosts } from './hosts.ts';
import { asMemo, ENOUGH, Lengths, limitFor, TINY } from './inlining.ts';
import { oneOf } from './members.ts';
import type { Method } from './source.ts';
import { bind, execute } from './statements.ts';
import { known, UNDEFINED, type Unknown, Unsupported, unknown, type Value, wasmTypeOf } from './values.ts';
import { newVersion, type Version, versionsThatRelyOn } from './version.ts';
import { type Expression, type FunctionCode, get, i32, type Local, type WasmType } from './wasm/code.ts';
import { withoutDeadSets } from './wasm/liveness.ts';

/** Compiles methods of a built machine: what is known of it is computed now, the rest becomes code. */
export class Compilation {
  builder: FunctionBuilder;
  readonly functions = new Functions();
  readonly hosts = new Hosts();
  private readonly versions = new Map<string, Version>();
  /** What is compiled now stands behind a condition: it had better be short than fast. */
  isRare = false;
  private inlining: string[] = [];
  private readonly lengths = new Lengths();
  private current: Version | null = null;
  private readonly seen = new Constants();

  constructor(
    readonly graph: ObjectGraph,
    readonly heap: Heap,
    /** Methods, as `Class.method`, that are compiled once for whatever they are given. */
    private readonly general: ReadonlySet<string>,
    /** A method whose result depends on its arguments alone. */
    private readonly memo: string,
  ) {
    this.builder = new FunctionBuilder(heap);
  }

  /** All fields that were taken for constant. */
  get constants(): Constant[] {
    const touched = [...this.versions.values()].flatMap((version) => [...version.touched]);
    return [...new Set(touched)].filter((one): one is Constant => !('address' in one));
  }

  /** Forgets what was compiled before something was learned that it relies on; whether there is any. */
  forgetOutdated(): boolean {
    const { news } = this.heap;
    const changed = new Set<object>();
    for (const { object, key } of news.splice(0)) {
      const cell = this.heap.cellOf(object, key);
      const constant = this.seen.forget(object, key);
      if (cell !== null) changed.add(cell);
      if (constant !== undefined) changed.add(constant);
    }
    const outdated = versionsThatRelyOn(changed, [...this.versions.values()]);
    for (const [key, version] of this.versions) if (outdated.has(version)) this.versions.delete(key);
    return outdated.size > 0;
  }

  get code(): FunctionCode[] {
    return [...this.versions.values()].map(({ code }) => code);
  }

  /** Compiles a method as a function that can be called from outside, with numbers for its parameters. */
  entry(object: object, name: string, parameters: number): FunctionCode {
    const method = this.graph.classOf(object)?.method(name);
    if (method == null) throw new Unsupported(`${name} of an object that is not of the model`);
    const ref = this.functions.ofMethod(method, known(object));
    const values = Array.from({ length: parameters }, () =>
      unknown('f64', { op: 'const', type: 'f64', value: 0 }),
    );
    const version = this.versionOf(ref, values);
    if (version === null) throw new Unsupported(`${ref.name} as a whole`);
    return version.code;
  }

  /** Compiles a method as a function for objects and numbers that are handed over. */
  standalone(object: object, name: string, values: readonly Value[]): FunctionCode | null {
    const method = this.graph.classOf(object)?.method(name);
    if (method == null) throw new Unsupported(`${name} of an object that is not of the model`);
    return this.versionOf(this.functions.ofMethod(method, known(object)), values)?.code ?? null;
  }

  /** A field that never changes. */
  constant(object: object, key: string): Value {
    if (this.graph.isLeftOut(object, key)) throw new Unsupported(`${key}, which is not looked at`);
    const constant = this.seen.of(object, key);
    this.builder.touched.push(constant);
    return known(constant.value);
  }

  element(array: readonly unknown[], index: number): Value {
    this.constant(array, 'length');
    return this.constant(array, String(index));
  }

  callMethod(method: Method, self: Value, values: readonly Value[]): Value {
    return this.callFunction(this.functions.ofMethod(method, self), values);
  }

  callFunction(ref: FunctionRef, given: readonly Value[]): Value {
    const values = this.general.has(ref.name) ? given.map((value) => generalized(this, value)) : given;
    const steady = values.map((value) => (value.known ? value : this.builder.steady(value)));
    const index = steady.findIndex((value) => !value.known && value.type === 'choice');
    if (index === -1) return this.callOnce(ref, steady);
    const choice = steady[index] as Unknown;
    return oneOf(this, choice, choice.choices!, (one) =>
      this.callFunction(ref, steady.with(index, known(one))),
    );
  }

  private callOnce(ref: FunctionRef, values: readonly Value[]): Value {
    if (this.builder.dead) return UNDEFINED;
    const seesCaller =
      ref.outer !== null || values.some((value) => value.known && value.value instanceof Closure);
    if (seesCaller) return this.inline(ref, values);
    const key = this.keyOf(ref, []);
    const size = this.functions.sizeOf(ref.node);
    if (size > TINY && this.canWait(ref, values)) return callHost(this, ref, values);
    const isCrowded = this.isRare || this.builder.locals.length > ENOUGH;
    const isLarge = size > limitFor(ref, values, isCrowded) || this.lengths.isLong(ref);
    if (this.general.has(ref.name) || isLarge || this.inlining.includes(key))
      return this.callVersion(ref, values);
    this.inlining.push(key);
    const before = this.builder.statements;
    try {
      const inline = () => this.inline(ref, values);
      const isMemo = ref.name === this.memo;
      const result = this.attempt(() => (isMemo ? asMemo(this.builder, values, inline) : inline()));
      return result ?? callHost(this, ref, values);
    } finally {
      this.lengths.note(ref, this.builder.statements - before);
      this.inlining.pop();
    }
  }

  /** Whether it is so seldom called that the model's own function will do. */
  private canWait(ref: FunctionRef, values: readonly Value[]): boolean {
    if (!ref.isMethod || this.heap.lessons.used.has(ref.name) || ref.original === null) return false;
    if (this.functions.returnsOf(ref.node) === 'anything') return false;
    return values.every((value) => value.known || ['f64', 'bool', 'pointer'].includes(value.type));
  }

  /** Runs `body` for code that is seldom reached. */
  rarely(body: () => void): void {
    const before = this.isRare;
    this.isRare = true;
    try {
      body();
    } finally {
      this.isRare = before;
    }
  }

  /** Null, and no code, where something cannot be expressed. */
  private attempt(body: () => Value): Value | null {
    const { builder } = this;
    const { out, valid } = builder;
    const mark = out.length;
    const before = valid.copy();
    const touched = builder.touched.length;
    try {
      return body();
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error;
      this.builder = builder;
      builder.out = out;
      out.length = mark;
      builder.touched.length = touched;
      builder.valid = before;
      builder.dead = false;
      return null;
    }
  }

  private inline(ref: FunctionRef, values: readonly Value[]): Value {
    const { builder } = this;
    const end = builder.newJoin();
    const { node, module, owner, self, outer } = ref;
    const variables = new Map<string, Value>();
    const frame: Frame = { node, module, owner, self, variables, outer, end, breaks: [], continues: [] };
    const list = builder.inList(() => {
      for (const [index, pattern] of node.params.entries())
        bind(this, frame, pattern, values[index] ?? UNDEFINED);
      if (node.body.type === 'BlockStatement') {
        execute(this, frame, node.body);
        end.arrive(null);
      } else {
        end.enter(null, evaluate(this, frame, node.body));
      }
    });
    builder.out.push({ op: 'block', label: end.label, body: list });
    return end.resolve(list, null);
  }

  // --- functions of their own ------------------------------------------------------------------------------------

  private callVersion(ref: FunctionRef, values: readonly Value[]): Value {
    const version = this.versionOf(ref, values);
    if (version === null) return callHost(this, ref, values);
    const operands = [ref.self, ...values].flatMap((value) => (value.known ? [] : [value.code]));
    const { builder } = this;
    this.current?.callees.add(version);
    if (!version.isDone) return this.callUnfinished(ref, version, operands);
    const { value, code } = version;
    const result = value.known || code.result === null ? null : builder.newLocal(code.result, true);
    builder.call(code, operands, result, code.result !== null);
    builder.forget(version.writes);
    return result === null ? value : { ...(value as Unknown), code: get(result) };
  }

  private callUnfinished(ref: FunctionRef, version: Version, operands: readonly Expression[]): Value {
    const { builder } = this;
    const form = this.functions.returnsOf(ref.node);
    const returns = form === 'anything' ? 'f64' : form;
    if (returns === 'nothing') {
      builder.call(version.code, operands, null, false);
      builder.forget(null);
      return UNDEFINED;
    }
    version.predicted = returns;
    version.code.result = wasmTypeOf(returns);
    const result = builder.newLocal(version.code.result, true);
    builder.call(version.code, operands, result, true);
    builder.forget(null);
    return unknown(returns, get(result));
  }

  /** What tells versions of a function apart. */
  keyOf({ node, self }: FunctionRef, values: readonly Value[]): string {
    const number = (value: Value) =>
      value.known
        ? `${this.heap.choices.numberOf(value.value)}`
        : `${value.type}${value.array?.bytes ?? ''}${value.struct?.modelClass.name ?? ''}`;
    return [this.functions.numberOf(node), ...[self, ...values].map(number)].join();
  }

  /** Null where the function cannot be compiled. */
  private versionOf(ref: FunctionRef, values: readonly Value[]): Version | null {
    const key = this.keyOf(ref, values);
    const found = this.versions.get(key);
    if (found !== undefined) return found;
    const { builder, inlining, isRare, current } = this;
    const version = newVersion(ref.name);
    this.current = version;
    this.versions.set(key, version);
    this.builder = new FunctionBuilder(this.heap);
    this.inlining = [this.keyOf(ref, [])];
    this.isRare = false;
    try {
      this.compile(ref, values, version);
      return version;
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error;
      this.versions.delete(key);
      return null;
    } finally {
      this.builder = builder;
      this.inlining = inlining;
      this.isRare = isRare;
      this.current = current;
    }
  }

  private compile(ref: FunctionRef, values: readonly Value[], version: Version): void {
    const { builder } = this;
    const { code } = version;
    const params: Local[] = [];
    const [self, ...inside] = [ref.self, ...values].map((value) => {
      if (value.known) return value;
      const local = { type: wasmTypeOf(value.type), immutable: true, index: 0 };
      params.push(local);
      return { ...value, code: get(local) };
    });
    const value = this.inline({ ...ref, self }, inside);
    const type = version.predicted ?? (value.known ? null : value.type);
    if (type !== null && !builder.dead)
      builder.emit({ op: 'return', value: builder.convert.as(type, value) });
    const result: WasmType | null = type === null ? null : wasmTypeOf(type);
    if (result !== null) builder.emit({ op: 'unreachable' });
    if (result !== null && !builder.out.some(({ op }) => op === 'return'))
      builder.out.push({ op: 'unreachable' });
    const body = withoutDeadSets(builder.out, [...params, ...builder.locals]);
    Object.assign(code, { params, locals: builder.locals, result, body });
    version.value = version.predicted === null ? value : unknown(version.predicted as 'bool', i32(0));
    version.writes = builder.writesAnything ? null : builder.writes;
    version.touched = new Set(builder.touched);
    version.isDone = true;
  }
}
