import { Op, TO_INT32 } from '../wasm/opcodes.ts';

type Operation = (one: number, other: number) => number;

const int = (test: boolean) => (test ? 1 : 0);

/** What each instruction computes; integers are signed. */
const OPERATIONS: Operation[] = [];
Object.assign(OPERATIONS, {
  [Op.i32Eqz]: (one: number) => int(one === 0),
  [Op.i32Eq]: (one: number, other: number) => int(one === other),
  [Op.i32Ne]: (one: number, other: number) => int(one !== other),
  [Op.i32LtS]: (one: number, other: number) => int(one < other),
  [Op.i32GtS]: (one: number, other: number) => int(one > other),
  [Op.i32LeS]: (one: number, other: number) => int(one <= other),
  [Op.i32GeS]: (one: number, other: number) => int(one >= other),
  [Op.f64Eq]: (one: number, other: number) => int(one === other),
  [Op.f64Ne]: (one: number, other: number) => int(one !== other),
  [Op.f64Lt]: (one: number, other: number) => int(one < other),
  [Op.f64Gt]: (one: number, other: number) => int(one > other),
  [Op.f64Le]: (one: number, other: number) => int(one <= other),
  [Op.f64Ge]: (one: number, other: number) => int(one >= other),
  [Op.i32Clz]: (one: number) => Math.clz32(one),
  [Op.i32Add]: (one: number, other: number) => (one + other) | 0,
  [Op.i32Sub]: (one: number, other: number) => (one - other) | 0,
  [Op.i32Mul]: Math.imul,
  [Op.i32And]: (one: number, other: number) => one & other,
  [Op.i32Or]: (one: number, other: number) => one | other,
  [Op.i32Xor]: (one: number, other: number) => one ^ other,
  [Op.i32Shl]: (one: number, other: number) => one << other,
  [Op.i32ShrS]: (one: number, other: number) => one >> other,
  [Op.i32ShrU]: (one: number, other: number) => (one >>> other) | 0,
  [Op.f64Abs]: Math.abs,
  [Op.f64Neg]: (one: number) => -one,
  [Op.f64Ceil]: Math.ceil,
  [Op.f64Floor]: Math.floor,
  [Op.f64Trunc]: Math.trunc,
  [Op.f64Sqrt]: Math.sqrt,
  [Op.f64Add]: (one: number, other: number) => one + other,
  [Op.f64Sub]: (one: number, other: number) => one - other,
  [Op.f64Mul]: (one: number, other: number) => one * other,
  [Op.f64Div]: (one: number, other: number) => one / other,
  [Op.f64Min]: Math.min,
  [Op.f64Max]: Math.max,
  [Op.i32TruncF64S]: (one: number) => Math.trunc(one) | 0,
  [Op.f64ConvertI32S]: (one: number) => one,
  [Op.f64ConvertI32U]: (one: number) => one >>> 0,
} satisfies Record<number, Operation>);

/** Beyond 64 bits WebAssembly saturates before it takes the low bits: no number of the engine is that large. */
const toInt32: Operation = (one: number) => one | 0;

export function operationOf(opcodes: readonly number[]): Operation {
  const operation = opcodes[0] === TO_INT32[0] ? toInt32 : OPERATIONS[opcodes[0]];
  if (operation === undefined) throw new Error(`no operation for opcode ${opcodes.join(' ')}`);
  return operation;
}
