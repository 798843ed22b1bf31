/** Instructions of WebAssembly 1.0 and its saturating conversions, as bytes. */
export const Op = {
  i32Load: 0x28,
  f64Load: 0x2b,
  i32Load8U: 0x2d,
  i32Load16U: 0x2f,
  i32Store: 0x36,
  f64Store: 0x39,
  i32Store8: 0x3a,
  i32Store16: 0x3b,
  i32Eqz: 0x45,
  i32Eq: 0x46,
  i32Ne: 0x47,
  i32LtS: 0x48,
  i32GtS: 0x4a,
  i32LeS: 0x4c,
  i32GeS: 0x4e,
  f64Eq: 0x61,
  f64Ne: 0x62,
  f64Lt: 0x63,
  f64Gt: 0x64,
  f64Le: 0x65,
  f64Ge: 0x66,
  i32Clz: 0x67,
  i32Add: 0x6a,
  i32Sub: 0x6b,
  i32Mul: 0x6c,
  i32And: 0x71,
  i32Or: 0x72,
  i32Xor: 0x73,
  i32Shl: 0x74,
  i32ShrS: 0x75,
  i32ShrU: 0x76,
  f64Abs: 0x99,
  f64Neg: 0x9a,
  f64Ceil: 0x9b,
  f64Floor: 0x9c,
  f64Trunc: 0x9d,
  f64Sqrt: 0x9f,
  f64Add: 0xa0,
  f64Sub: 0xa1,
  f64Mul: 0xa2,
  f64Div: 0xa3,
  f64Min: 0xa4,
  f64Max: 0xa5,
  i32TruncF64S: 0xaa,
  f64ConvertI32S: 0xb7,
  f64ConvertI32U: 0xb8,
} as const;

/** Of 64-bit integers, what compares the bits of numbers. */
export const Bits = {
  load: 0x29,
  store: 0x37,
  greaterOrEqual: 0x5a,
  subtract: 0x7d,
  ofNumber: 0xbd,
} as const;

/** Of the 128-bit extension: their prefix, and the number behind it. */
export const Vector = {
  load: 0xfd00,
  store: 0xfd0b,
  select: [0xfd, 0x52],
} as const;

/** What loads and stores a whole value of each type. */
export const LOADS = { i32: Op.i32Load, i64: Bits.load, f64: Op.f64Load, v128: Vector.load } as const;
export const STORES = { i32: Op.i32Store, i64: Bits.store, f64: Op.f64Store, v128: Vector.store } as const;

/** What four integers at once are computed by, for those operations of one that have it. */
export const VECTOR_OPERATIONS: Readonly<Record<number, readonly number[]>> = {
  [Op.i32Add]: [0xfd, 0xae, 0x01],
  [Op.i32Sub]: [0xfd, 0xb1, 0x01],
  [Op.i32And]: [0xfd, 0x4e],
  [Op.i32Or]: [0xfd, 0x50],
  [Op.i32Xor]: [0xfd, 0x51],
  [Op.i32Shl]: [0xfd, 0xab, 0x01],
  [Op.i32ShrU]: [0xfd, 0xad, 0x01],
};

/** ToInt32 of a number within 64 bits: i64.trunc_sat_f64_s, i32.wrap_i64. */
export const TO_INT32 = [0xfc, 0x06, 0xa7] as const;
