import type { FunctionCode, WasmType } from '../wasm/code.ts';

/** A value that a turn of the machine computes, as a function of the memory that the turn began with. */
export interface Node {
  readonly number: number;
  readonly kind: 'const' | 'load' | 'operate' | 'choose' | 'memo';
  readonly type: WasmType;
  /** Of a load or an operation. */
  readonly opcodes: readonly number[];
  readonly operands: readonly Node[];
  /** The constant; the offset of a load. */
  readonly immediate: number;
  /** Of a load: the last call before it that may have changed the field. */
  readonly after: CallNode | null;
  /** What it came to in the turn that is recorded at the moment. */
  now: number;
}

/** A call that chains make as the code does: of a function of few effects, behind a test. */
export interface CallNode {
  readonly callee: FunctionCode;
  readonly test: Node;
  readonly operands: readonly Node[];
  readonly before: CallNode | null;
}

/** Whether a value is what memory holds at a known address. */
export function isField({ kind, operands }: Node): boolean {
  return kind === 'load' && operands[0].kind === 'const';
}
