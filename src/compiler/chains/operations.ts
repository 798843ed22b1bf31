import { Op, TO_INT32 } from '../wasm/opcodes.ts';

type Operation = (one: number, other: number) => number;

const int = (test: boolean) => (test ? 1 : 0);

/** What each instruction computes; integers are signed. */
const OPERATIONS: readonly Operation[] = Object.assign([], {
  [Op.i32Eqz]: (one) => int(one === 0),
  [Op.i32Eq]: (one, other) => int(one === other),
  [Op.i32Ne]: (one, other) => int(one !== other),
  [Op.i32LtS]: (one, other) => int(one < other),
  [Op.i32GtS]: (one, other) => int(one > other),
  [Op.i32LeS]: (one, other) => int(one <= other),
  [Op.i32GeS]: (one, other) => int(one >= other),
  [Op.f64Eq]: (one, other) => int(one === other),
  [Op.f64Ne]: (one, other) => int(one !== other),
  [Op.f64Lt]: (one, other) => int(one < other),
  [Op.f64Gt]: (one, other) => int(one > other),
  [Op.f64Le]: (one, other) => int(one <= other),
  [Op.f64Ge]: (one, other) => int(one >= other),
  [Op.i32Clz]: Math.clz32,
  [Op.i32Add]: (one, other) => (one + other) | 0,
  [Op.i32Sub]: (one, other) => (one - other) | 0,
  [Op.i32Mul]: Math.imul,
  [Op.i32And]: (one, other) => one & other,
  [Op.i32Or]: (one, other) => one | other,
  [Op.i32Xor]: (one, other) => one ^ other,
  [Op.i32Shl]: (one, other) => one << other,
  [Op.i32ShrS]: (one, other) => one >> other,
  [Op.i32ShrU]: (one, other) => (one >>> other) | 0,
  [Op.f64Abs]: Math.abs,
  [Op.f64Neg]: (one) => -one,
  [Op.f64Ceil]: Math.ceil,
  [Op.f64Floor]: Math.floor,
  [Op.f64Trunc]: Math.trunc,
  [Op.f64Sqrt]: Math.sqrt,
  [Op.f64Add]: (one, other) => one + other,
  [Op.f64Sub]: (one, other) => one - other,
  [Op.f64Mul]: (one, other) => one * other,
  [Op.f64Div]: (one, other) => one / other,
  [Op.f64Min]: Math.min,
  [Op.f64Max]: Math.max,
  [Op.i32TruncF64S]: (one) => one | 0,
  [Op.f64ConvertI32S]: (one) => one,
  [Op.f64ConvertI32U]: (one) => one >>> 0,
} satisfies Record<number, Operation>);

/** Beyond 64 bits the instruction saturates first: no number of the engine is that large. */
const toInt32: Operation = (one) => one | 0;

export function operationOf(opcodes: readonly number[]): Operation {
  const operation = opcodes[0] === TO_INT32[0] ? toInt32 : OPERATIONS[opcodes[0]];
  if (operation === undefined) throw new Error(`no operation for the instruction ${opcodes.join(' ')}`);
  return operation;
}
