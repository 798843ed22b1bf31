import type { FunctionBuilder } from './builder.ts';
import { isInt32, known, type Unknown, Unsupported, unknown, type Value } from './values.ts';
import { type Expression, f64, i32, operate } from './wasm/code.ts';
import { Op } from './wasm/opcodes.ts';

const ARITHMETIC: Readonly<Record<string, number>> = {
  '+': Op.f64Add,
  '-': Op.f64Sub,
  '*': Op.f64Mul,
  '/': Op.f64Div,
};
const BITWISE: Readonly<Record<string, number>> = {
  '|': Op.i32Or,
  '&': Op.i32And,
  '^': Op.i32Xor,
  '<<': Op.i32Shl,
  '>>': Op.i32ShrS,
  '>>>': Op.i32ShrU,
};
const COMPARISON: Readonly<Record<string, readonly [float: number, integer: number]>> = {
  '<': [Op.f64Lt, Op.i32LtS],
  '>': [Op.f64Gt, Op.i32GtS],
  '<=': [Op.f64Le, Op.i32LeS],
  '>=': [Op.f64Ge, Op.i32GeS],
  '===': [Op.f64Eq, Op.i32Eq],
  '!==': [Op.f64Ne, Op.i32Ne],
};
const WRAPPING: Readonly<Record<string, number>> = { '+': Op.i32Add, '-': Op.i32Sub };

/** `left operator right` of JavaScript, for what the model uses. */
export function binary(builder: FunctionBuilder, operator: string, left: Value, right: Value): Value {
  if (left.known && right.known) return known(compute(operator, left.value, right.value));
  if (operator in BITWISE) return bitwise(builder, operator, left, right);
  if (operator === '===' || operator === '!==') return equality(builder, operator, left, right);
  if (operator in COMPARISON) return comparison(builder, operator, left, right);
  if (operator in ARITHMETIC) return arithmetic(builder, operator, left, right);
  throw new Unsupported(`the operator ${operator}`);
}

// biome-ignore lint/suspicious/noExplicitAny: the operators of JavaScript take anything
function compute(operator: string, left: any, right: any): unknown {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '%':
      return left % right;
    case '**':
      return left ** right;
    case '<':
      return left < right;
    case '>':
      return left > right;
    case '<=':
      return left <= right;
    case '>=':
      return left >= right;
    case '===':
      return left === right;
    case '!==':
      return left !== right;
    case '|':
      return left | right;
    case '&':
      return left & right;
    case '^':
      return left ^ right;
    case '<<':
      return left << right;
    case '>>':
      return left >> right;
    case '>>>':
      return left >>> right;
    default:
      throw new Unsupported(`the operator ${operator}`);
  }
}

function bitwise({ convert }: FunctionBuilder, operator: string, left: Value, right: Value): Value {
  if ((operator === '|' || operator === '^') && right.known && right.value === 0) {
    return unknown('i32', convert.int32(left));
  }
  const shiftsNothing = operator === '>>>' && right.known && right.value === 0;
  if (shiftsNothing) return unknown('u32', convert.int32(left));
  const code = operate('i32', BITWISE[operator], convert.int32(left), convert.int32(right));
  return unknown(operator === '>>>' && !right.known ? 'u32' : 'i32', code);
}

/** Counters step by one and stay far from the ends of their range: what is near them are bugs of the model. */
function arithmetic({ convert }: FunctionBuilder, operator: string, left: Value, right: Value): Value {
  const integers = isCounter(left) && isCounter(right) && (isSmall(left) || isSmall(right));
  if (integers && operator in WRAPPING) {
    return unknown('i32', operate('i32', WRAPPING[operator], convert.int32(left), convert.int32(right)));
  }
  const inverse = operator === '/' ? exactInverse(right) : null;
  if (inverse !== null) return unknown('f64', operate('f64', Op.f64Mul, convert.f64(left), f64(inverse)));
  return unknown('f64', operate('f64', ARITHMETIC[operator], convert.f64(left), convert.f64(right)));
}

/** Multiplying by the inverse of a power of two gives the same bits as dividing by it, and is faster; else null. */
export function exactInverse(divisor: Value): number | null {
  if (!divisor.known) return null;
  const value = divisor.value as number;
  const inverse = 1 / value;
  const isPowerOfTwo = value === 2 ** Math.round(Math.log2(value));
  return isPowerOfTwo && inverse > 0 && inverse < Number.POSITIVE_INFINITY ? inverse : null;
}

function isSmall(value: Value): boolean {
  return value.known && Math.abs(value.value as number) <= 1;
}

function isCounter(value: Value): boolean {
  return value.known ? isInt32(value.value) : value.type === 'i32';
}

function comparison({ convert }: FunctionBuilder, operator: string, left: Value, right: Value): Value {
  const [float, integer] = COMPARISON[operator];
  if (isCounter(left) && isCounter(right)) {
    return unknown('bool', operate('i32', integer, convert.int32(left), convert.int32(right)));
  }
  return unknown('bool', operate('i32', float, convert.f64(left), convert.f64(right)));
}

function equality(builder: FunctionBuilder, operator: string, left: Value, right: Value): Value {
  const equal = equalCode(builder, left, right);
  if (equal === true || equal === false) return known(operator === '===' ? equal : !equal);
  return unknown('bool', operator === '===' ? equal : operate('i32', Op.i32Eqz, equal));
}

/** Code for `left === right`, or the answer when the kinds of the values already give it. */
function equalCode(builder: FunctionBuilder, left: Value, right: Value): Expression | boolean {
  if (left.known) return equalCode(builder, right, left);
  const { convert } = builder;
  const types = right.known ? typeof right.value : right.type;
  if (left.type === 'choice') return choiceEquals(builder, left, right);
  if (!right.known && right.type === 'choice') return choiceEquals(builder, right, left);
  if (left.type === 'pointer' && right.known && right.value === null)
    return operate('i32', Op.i32Eqz, left.code);
  if (right.known && right.value === null)
    return left.type === 'nullable' ? operate('i32', Op.f64Ne, left.code, left.code) : false;
  if (right.known && right.value === undefined) return false;
  if (left.type === 'bool') {
    if (types !== 'boolean' && types !== 'bool') return false;
    return operate('i32', Op.i32Eq, left.code, convert.bool(right));
  }
  if (left.type === 'array') throw new Unsupported('comparing arrays');
  if (isCounter(left) && isCounter(right))
    return operate('i32', Op.i32Eq, convert.int32(left), convert.int32(right));
  if (right.known && typeof right.value !== 'number') return false;
  return operate('i32', Op.f64Eq, convert.f64(left), convert.f64(right));
}

function choiceEquals(
  { convert, heap }: FunctionBuilder,
  choice: Unknown,
  other: Value,
): Expression | boolean {
  if (other.known) {
    if (!choice.choices!.includes(other.value)) return false;
    return operate('i32', Op.i32Eq, choice.code, i32(heap.choices.numberOf(other.value)));
  }
  if (other.type === 'choice') return operate('i32', Op.i32Eq, choice.code, other.code);
  return operate('i32', Op.f64Eq, convert.f64(choice), convert.f64(other));
}

export function not({ convert }: FunctionBuilder, value: Value): Value {
  if (value.known) return known(!value.value);
  return unknown('bool', operate('i32', Op.i32Eqz, convert.bool(value)));
}

export function negative({ convert }: FunctionBuilder, value: Value): Value {
  if (value.known) return known(-(value.value as number));
  return unknown('f64', operate('f64', Op.f64Neg, convert.f64(value)));
}

/** Functions of Math that the model uses; each gives the same bits as JavaScript's. */
const MATH: Readonly<Record<string, readonly number[]>> = {
  floor: [Op.f64Floor],
  ceil: [Op.f64Ceil],
  abs: [Op.f64Abs],
  trunc: [Op.f64Trunc],
  sqrt: [Op.f64Sqrt],
};

export function math({ convert }: FunctionBuilder, name: string, values: readonly Value[]): Value {
  if (values.every((value) => value.known)) {
    const compute = Math[name as 'max'];
    return known(compute(...values.map(({ value }) => value as number)));
  }
  if (name in MATH) return unknown('f64', operate('f64', MATH[name], convert.f64(values[0])));
  if (name === 'clz32') return unknown('i32', operate('i32', Op.i32Clz, convert.int32(values[0])));
  if (name === 'imul')
    return unknown('i32', operate('i32', Op.i32Mul, convert.int32(values[0]), convert.int32(values[1])));
  if (name === 'round') {
    // floor(x + 0.5) is what Math.round does below 2^52, but for the largest number below one half.
    const sum = operate('f64', Op.f64Add, convert.f64(values[0]), f64(0.5));
    return unknown('f64', operate('f64', Op.f64Floor, sum));
  }
  const opcode = name === 'max' ? Op.f64Max : Op.f64Min;
  if (name !== 'max' && name !== 'min') throw new Unsupported(`Math.${name}`);
  const codes = values.map((value) => convert.f64(value));
  return unknown(
    'f64',
    codes.reduce((one, other) => operate('f64', opcode, one, other)),
  );
}
