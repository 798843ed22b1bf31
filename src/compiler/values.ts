import type { Struct } from './structs.ts';
import { type Expression, f64, get, i32, type Local, operate, type WasmType } from './wasm/code.ts';
import { Op, TO_INT32 } from './wasm/opcodes.ts';

/**
 * What the compiler knows of a value. 'choice' is one of a few known values, as its number in the table of choices;
 * 'nullable' is a number or null, null as NaN, which no number of the model ever is; 'array' is the address of a typed
 * array in memory, 'pointer' that of an object which is one of many of its class.
 */
export type ValueType = 'f64' | 'i32' | 'u32' | 'bool' | 'nullable' | 'choice' | 'array' | 'pointer';

/** Decided when the machine was built. */
export interface Known {
  readonly known: true;
  readonly value: unknown;
}

/** To be computed by `code` when the machine runs. */
export interface Unknown {
  readonly known: false;
  readonly type: ValueType;
  readonly code: Expression;
  /** Of a choice: what it may be. */
  readonly choices?: readonly unknown[];
  readonly array?: ArrayKind;
  readonly struct?: Struct;
}

export type Value = Known | Unknown;

export interface ArrayKind {
  readonly bytes: number;
  readonly load: number;
  readonly store: number;
  readonly type: 'f64' | 'i32' | 'u32';
}

export type TypedArray = Float64Array | Uint32Array | Int32Array | Uint16Array | Uint8Array;

const KINDS = new Map<unknown, ArrayKind>([
  [Float64Array, { bytes: 8, load: Op.f64Load, store: Op.f64Store, type: 'f64' }],
  [Uint32Array, { bytes: 4, load: Op.i32Load, store: Op.i32Store, type: 'u32' }],
  [Int32Array, { bytes: 4, load: Op.i32Load, store: Op.i32Store, type: 'i32' }],
  [Uint16Array, { bytes: 2, load: Op.i32Load16U, store: Op.i32Store16, type: 'i32' }],
  [Uint8Array, { bytes: 1, load: Op.i32Load8U, store: Op.i32Store8, type: 'i32' }],
]);

export function arrayKindOf(array: TypedArray): ArrayKind {
  return KINDS.get(array.constructor)!;
}

export function isTypedArray(value: unknown): value is TypedArray {
  return typeof value === 'object' && value !== null && KINDS.has(value.constructor);
}

export const known = (value: unknown): Known => ({ known: true, value });
export const UNDEFINED = known(undefined);

export function unknown(type: Exclude<ValueType, 'choice' | 'array' | 'pointer'>, code: Expression): Unknown {
  return { known: false, type, code };
}

export function wasmTypeOf(type: ValueType): WasmType {
  return type === 'f64' || type === 'nullable' ? 'f64' : 'i32';
}

/** The same value, now held by a local. */
export function inLocal(value: Unknown, local: Local): Unknown {
  return { ...value, code: get(local) };
}

/** What the model asks for and the compiler cannot do; the function that asks is left to the model itself. */
export class Unsupported {
  constructor(readonly message: string) {}
}

export function isInt32(value: unknown): value is number {
  return typeof value === 'number' && (value | 0) === value && !Object.is(value, -0);
}

/** The values that each number of a choice stands for. */
export class Choices {
  private readonly values: unknown[] = [];
  private readonly numbers = new Map<unknown, number>();

  numberOf(value: unknown): number {
    let number = this.numbers.get(value);
    if (number === undefined) {
      number = this.values.length;
      this.values.push(value);
      this.numbers.set(value, number);
    }
    return number;
  }

  valueOf(number: number): unknown {
    return this.values[number];
  }
}

/** Turns values into code of a given type. */
export class Conversions {
  /** `isDead`: the code is never reached, and any value will do. */
  constructor(
    private readonly choices: Choices,
    private readonly isDead: () => boolean,
  ) {}

  as(type: ValueType, value: Value): Expression {
    switch (type) {
      case 'f64':
        return this.f64(value);
      case 'i32':
      case 'u32':
        return this.int32(value);
      case 'bool':
        return this.bool(value);
      case 'nullable':
        return value.known && value.value === null ? f64(Number.NaN) : this.f64(value, Number.NaN);
      case 'choice':
        return this.choice(value);
      case 'array':
      case 'pointer':
        return this.address(type, value);
    }
  }

  /** `none` stands for a choice that is no number. */
  f64(value: Value, none?: number): Expression {
    if (value.known) {
      if (typeof value.value === 'number') return f64(value.value);
      return this.refuse(f64(0), `${String(value.value)} as a number`);
    }
    switch (value.type) {
      case 'f64':
      case 'nullable':
        return value.code;
      case 'i32':
      case 'bool':
        return operate('f64', Op.f64ConvertI32S, value.code);
      case 'u32':
        return operate('f64', Op.f64ConvertI32U, value.code);
      case 'choice':
        return this.numberChosen(value, none);
      default:
        throw new Unsupported(`a ${value.type} as a number`);
    }
  }

  private numberChosen({ code, choices }: Unknown, none?: number): Expression {
    const numbers = choices!.filter((choice) => typeof choice === 'number');
    if (numbers.length === 0) throw new Unsupported('a choice as a number');
    const tested = none === undefined ? numbers.slice(1) : numbers;
    return tested.reduce<Expression>(
      (no, number) => ({
        op: 'choose',
        type: 'f64',
        test: operate('i32', Op.i32Eq, code, i32(this.choices.numberOf(number))),
        yes: f64(number),
        no,
      }),
      f64(none ?? numbers[0]),
    );
  }

  /** ToInt32, for numbers within 64 bits. */
  int32(value: Value): Expression {
    if (value.known) {
      if (typeof value.value === 'number') return i32(value.value | 0);
      return this.refuse(i32(0), `${String(value.value)} as an integer`);
    }
    if (value.type === 'i32' || value.type === 'u32' || value.type === 'bool') return value.code;
    return operate('i32', TO_INT32, this.f64(value));
  }

  /** The index of an array: an integer within 31 bits. */
  index(value: Value): Expression {
    if (value.known || value.type === 'i32' || value.type === 'u32') return this.int32(value);
    return operate('i32', Op.i32TruncF64S, this.f64(value));
  }

  bool(value: Value): Expression {
    if (value.known) return i32(value.value ? 1 : 0);
    switch (value.type) {
      case 'bool':
      case 'i32':
      case 'u32':
        return value.code;
      case 'f64':
      case 'nullable':
        return operate('i32', Op.f64Ne, value.code, f64(0));
      case 'choice':
        return this.isOneOf(
          value,
          value.choices!.filter((choice) => Boolean(choice)),
        );
      default:
        throw new Unsupported(`${value.type} as a condition`);
    }
  }

  isOneOf({ code }: Unknown, values: readonly unknown[]): Expression {
    if (values.length === 0) return i32(0);
    return values
      .map((one) => operate('i32', Op.i32Eq, code, i32(this.choices.numberOf(one))))
      .reduce((one, other) => operate('i32', Op.i32Or, one, other));
  }

  private choice(value: Value): Expression {
    if (value.known) return i32(this.choices.numberOf(value.value));
    if (value.type === 'choice') return value.code;
    if (value.type !== 'bool') throw new Unsupported(`${value.type} as a choice`);
    const [no, yes] = [false, true].map((one) => i32(this.choices.numberOf(one)));
    return { op: 'choose', type: 'i32', test: value.code, yes, no };
  }

  private address(type: ValueType, value: Value): Expression {
    if (!value.known && value.type === type) return value.code;
    return this.refuse(i32(0), `not a ${type}`);
  }

  private refuse(anything: Expression, why: string): Expression {
    if (this.isDead()) return anything;
    throw new Unsupported(why);
  }
}

/** The type that can hold all of these values; null when one known value is all there is. */
export function commonType(values: readonly Value[]): { type: ValueType; choices?: unknown[] } | null {
  const [first] = values;
  if (first.known && values.every((value) => value.known && Object.is(value.value, first.value))) return null;
  if (values.every(isBoolean)) return { type: 'bool' };
  if (values.every((value) => value.known || value.type === 'choice')) {
    return { type: 'choice', choices: [...new Set(values.flatMap(choicesOf))] };
  }
  if (values.every(isInteger)) return { type: 'i32' };
  if (values.every((value) => !value.known && value.type === 'u32')) return { type: 'u32' };
  if (values.every(isNumber)) return { type: 'f64' };
  if (values.every((value) => isNumber(value) || isNull(value))) return { type: 'nullable' };
  if (values.every((value) => !value.known && value.type === 'array')) return { type: 'array' };
  const types = values.map((value) => (value.known ? String(value.value) : value.type));
  throw new Unsupported(`a value that is ${types.join(' or ')}`);
}

export function choicesOf(value: Value): readonly unknown[] {
  return value.known ? [value.value] : (value.choices ?? []);
}

function isBoolean(value: Value): boolean {
  return value.known ? typeof value.value === 'boolean' : value.type === 'bool';
}

function isInteger(value: Value): boolean {
  if (value.known) return isInt32(value.value);
  return value.type === 'i32' || (value.type === 'choice' && value.choices!.every(isInt32));
}

function isNumber(value: Value): boolean {
  if (value.known) return typeof value.value === 'number';
  if (value.type === 'choice') return value.choices!.every((choice) => typeof choice === 'number');
  return value.type === 'f64' || value.type === 'i32' || value.type === 'u32';
}

function isNull(value: Value): boolean {
  if (value.known) return value.value === null;
  if (value.type !== 'choice') return value.type === 'nullable';
  return value.choices!.every((choice) => choice === null || typeof choice === 'number');
}
