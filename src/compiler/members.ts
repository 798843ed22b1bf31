import type * as acorn from 'acorn';
import type { Compilation } from './compilation.ts';
import { evaluate, evaluateIndex } from './expressions.ts';
import { Closure, type Frame } from './frame.ts';
import {
  isTypedArray,
  known,
  type TypedArray,
  UNDEFINED,
  type Unknown,
  Unsupported,
  unknown,
  type Value,
  wasmTypeOf,
} from './values.ts';
import { type Expression, i32, operate } from './wasm/code.ts';
import { Op } from './wasm/opcodes.ts';

/** Something that can be assigned: a field by its name, an element by its index. */
export interface Target {
  readonly object: Value;
  readonly key: string | Value;
}

export function evaluateTarget(compilation: Compilation, frame: Frame, node: acorn.MemberExpression): Target {
  const { builder } = compilation;
  if (!node.computed) {
    const object = evaluate(compilation, frame, node.object as acorn.Expression);
    return { object, key: (node.property as acorn.Identifier).name };
  }
  const [object, key] = builder
    .inOrder([
      () => evaluate(compilation, frame, node.object as acorn.Expression),
      () => evaluateIndex(compilation, frame, node.property as acorn.Expression),
    ])
    .map((value) => builder.steady(value));
  return { object, key };
}

/** `object.key`, or `object[key]`. */
export function readMember(compilation: Compilation, object: Value, key: string | Value): Value {
  const { builder } = compilation;
  if (!object.known) {
    if (object.type === 'array') return readElement(compilation, object, key);
    if (object.type === 'pointer') return readPointed(object, key);
    if (object.type !== 'choice') throw new Unsupported(`a member of a ${object.type}`);
    return eachChoice(compilation, object, (one) => readMember(compilation, known(one), key));
  }
  const { value } = object;
  if (value == null) {
    builder.trap();
    return UNDEFINED;
  }
  if (isTypedArray(value)) {
    if (key === 'length') return known(value.length);
    return readElement(compilation, builder.arrayOf(value), key);
  }
  if (typeof key === 'string') return readField(compilation, value, key);
  if (!key.known) return readByChoice(compilation, value, key);
  return readField(compilation, value, String(key.value));
}

/** An element of a plain array, or an entry of an object, by an index that is one of a few. */
function readByChoice(compilation: Compilation, object: unknown, key: Unknown): Value {
  const { builder } = compilation;
  if (key.type === 'choice')
    return eachChoice(compilation, key, (one) => readMember(compilation, known(object), known(one)));
  if (!Array.isArray(object)) throw new Unsupported('an entry of an object');
  const pointer = pointerInto(compilation, object, key);
  if (pointer !== null) return pointer;
  const choices = object as readonly unknown[];
  const index = builder.steady(unknown('i32', builder.convert.index(key)));
  const { code } = index as Unknown;
  const numbers = choices.map((choice) => i32(builder.heap.choices.numberOf(choice)));
  const chosen = numbers.slice(1).reduce<Expression>(
    (no, yes, position) => ({
      op: 'choose',
      type: 'i32',
      test: operate('i32', Op.i32Eq, code, i32(position + 1)),
      yes,
      no,
    }),
    numbers[0],
  );
  return { known: false, type: 'choice', code: chosen, choices };
}

/** An element of an array of objects that lie in memory as a whole: its address, from a table of them. */
function pointerInto({ builder, heap }: Compilation, array: readonly object[], key: Unknown): Unknown | null {
  const table = heap.structs.tableOf(array);
  if (table === null) return null;
  const offset = operate('i32', Op.i32Shl, builder.convert.index(key), i32(2));
  const { addresses, struct } = table;
  const code: Expression = {
    op: 'load',
    type: 'i32',
    opcode: Op.i32Load,
    base: offset,
    offset: heap.addressOf(addresses),
  };
  return { known: false, type: 'pointer', code, struct };
}

function fieldOf({ struct }: Unknown, key: string | Value) {
  const field = typeof key === 'string' ? struct!.fields.get(key) : undefined;
  if (field === undefined) throw new Unsupported(`.${String(key)} of one of many objects`);
  return field;
}

function readPointed(pointer: Unknown, key: string | Value): Unknown {
  const { offset, type, array, struct } = fieldOf(pointer, key);
  const wasmType = wasmTypeOf(type);
  const opcode = wasmType === 'f64' ? Op.f64Load : Op.i32Load;
  const code: Expression = { op: 'load', type: wasmType, opcode, base: pointer.code, offset };
  return { known: false, type, code, array, struct };
}

function writePointed({ builder }: Compilation, pointer: Unknown, key: string | Value, value: Value): void {
  const { offset, type } = fieldOf(pointer, key);
  const opcode = wasmTypeOf(type) === 'f64' ? Op.f64Store : Op.i32Store;
  builder.emit({ op: 'store', opcode, base: pointer.code, offset, value: builder.convert.as(type, value) });
}

/** The same for each value that a choice may have, as far as it makes sense; null cannot be meant. */
export function eachChoice(
  compilation: Compilation,
  choice: Unknown,
  evaluation: (one: unknown) => Value,
): Value {
  const { builder } = compilation;
  const steady = builder.steady(choice) as Unknown;
  const sensible = choice.choices!.filter((one) => one != null);
  if (sensible.length === 0) {
    builder.trap();
    return UNDEFINED;
  }
  return oneOf(compilation, steady, sensible, evaluation);
}

export function oneOf(
  compilation: Compilation,
  choice: Unknown,
  values: readonly unknown[],
  evaluation: (one: unknown) => Value,
): Value {
  const [first, ...others] = values;
  if (others.length === 0) return evaluation(first);
  const { builder } = compilation;
  const join = builder.newJoin();
  const { out } = builder;
  builder.branch(
    builder.convert.isOneOf(choice, [first]),
    () => join.arrive(null, evaluation(first)),
    () => join.arrive(null, oneOf(compilation, choice, others, evaluation)),
  );
  return join.resolve(out, null);
}

function readField(compilation: Compilation, object: unknown, key: string): Value {
  if (object instanceof Closure || typeof object !== 'object' || object === null) {
    if (typeof object === 'string' && key === 'length') return known(object.length);
    if (object === Number) return known(Number[key as 'MAX_SAFE_INTEGER']);
    throw new Unsupported(`.${key} of a ${typeof object}`);
  }
  const { heap, graph } = compilation;
  const fields = object as Record<string, unknown>;
  if (key in fields && Object.hasOwn(fields, key)) {
    const cell = graph.numberOf(object) === -1 ? null : heap.cellOf(object, key);
    if (cell === null) return compilation.constant(object, key);
    if (cell.type === 'choice' && cell.choices.size === 1) return compilation.constant(object, key);
    return compilation.builder.read(cell);
  }
  const getter = graph.classOf(object)?.method(key);
  if (getter?.kind === 'get') return compilation.callMethod(getter, known(object), []);
  if (getter != null) throw new Unsupported(`the method ${key} as a value`);
  return UNDEFINED;
}

function addressOf(compilation: Compilation, { code, array }: Unknown, index: Value): [Expression, number] {
  const { bytes } = array!;
  if (index.known) return [code, (index.value as number) * bytes];
  const position = compilation.builder.convert.index(index);
  const shift = Math.log2(bytes);
  const scaled = shift === 0 ? position : operate('i32', Op.i32Shl, position, i32(shift));
  if (code.op === 'const') return [scaled, code.value];
  return [operate('i32', Op.i32Add, code, scaled), 0];
}

const HEADER = 8;

function readElement(compilation: Compilation, array: Unknown, key: string | Value): Value {
  if (typeof key === 'string') {
    if (key !== 'length') throw new Unsupported(`.${key} of a typed array`);
    const base = operate('i32', Op.i32Sub, array.code, i32(HEADER));
    return unknown('i32', { op: 'load', type: 'i32', opcode: Op.i32Load, base, offset: 0 });
  }
  const { type, load } = array.array!;
  const [base, offset] = addressOf(compilation, array, key);
  return unknown(type, { op: 'load', type: type === 'f64' ? 'f64' : 'i32', opcode: load, base, offset });
}

export function writeTarget(compilation: Compilation, { object, key }: Target, value: Value): void {
  const { builder, heap, graph } = compilation;
  if (!object.known) {
    if (object.type === 'array' && typeof key !== 'string') writeElement(compilation, object, key, value);
    else if (object.type === 'pointer') writePointed(compilation, object, key, value);
    else if (object.type === 'choice') {
      const steady = builder.steady(value);
      eachChoice(compilation, object, (one) => {
        writeTarget(compilation, { object: known(one), key }, steady);
        return UNDEFINED;
      });
    } else throw new Unsupported(`writing to a ${object.type}`);
    return;
  }
  if (isTypedArray(object.value)) {
    writeElement(compilation, builder.arrayOf(object.value as TypedArray), key as Value, value);
    return;
  }
  if (typeof key !== 'string' || typeof object.value !== 'object' || object.value === null)
    throw new Unsupported('writing an element of a plain array');
  const setter = graph.classOf(object.value)?.method(`set ${key}`);
  if (setter != null) compilation.callMethod(setter, object, [value]);
  else builder.write(heap.cellToWrite(object.value, key), value);
}

function writeElement(compilation: Compilation, array: Unknown, key: Value, value: Value): void {
  const { builder } = compilation;
  const { type, store } = array.array!;
  const [base, offset] = addressOf(compilation, array, key);
  builder.emit({ op: 'store', opcode: store, base, offset, value: builder.convert.as(type, value) });
}
