/**
 * Code in the shape of WebAssembly, as a tree: structured statements over expressions of four types. Nothing here
 * knows what the code is for. `v128`: four integers side by side.
 */
export type WasmType = 'i32' | 'i64' | 'f64' | 'v128';

export interface Local {
  readonly type: WasmType;
  /** Written once: reading it later gives what it gave at first. */
  readonly immutable: boolean;
  index: number;
}

export type Expression =
  | { readonly op: 'const'; readonly type: WasmType; readonly value: number }
  | { readonly op: 'get'; readonly type: WasmType; readonly local: Local }
  | {
      readonly op: 'load';
      readonly type: WasmType;
      readonly opcode: number;
      readonly base: Expression;
      readonly offset: number;
    }
  | {
      readonly op: 'operate';
      readonly type: WasmType;
      readonly opcodes: readonly number[];
      readonly operands: readonly Expression[];
    }
  | {
      readonly op: 'choose';
      readonly type: WasmType;
      readonly test: Expression;
      readonly yes: Expression;
      readonly no: Expression;
    };

/** Where a `break` goes: behind a block, or back to the head of a loop. */
export interface Label {
  used: boolean;
}

export interface Callee {
  /** Position among the functions of the module, imports first; set when the module is encoded. */
  index: number;
}

/** What a stretch of code computes depends on these operands alone; anything else that it does only saves time. */
export interface Memo {
  readonly operands: readonly Expression[];
  readonly result: Local;
}

export type Statement =
  | { readonly op: 'set'; readonly local: Local; readonly value: Expression }
  | {
      readonly op: 'store';
      readonly opcode: number;
      readonly base: Expression;
      readonly offset: number;
      readonly value: Expression;
    }
  | {
      readonly op: 'if';
      readonly test: Expression;
      readonly yes: readonly Statement[];
      readonly no: readonly Statement[];
      /** The test hardly ever holds. */
      readonly isUnlikely?: boolean;
    }
  | { readonly op: 'block'; readonly label: Label; readonly body: readonly Statement[] }
  | { readonly op: 'loop'; readonly label: Label; readonly body: readonly Statement[] }
  | { readonly op: 'sequence'; readonly body: readonly Statement[]; readonly memo?: Memo }
  | { readonly op: 'break'; readonly label: Label }
  | {
      readonly op: 'call';
      readonly callee: Callee;
      readonly operands: readonly Expression[];
      readonly result: Local | null;
      /** The callee returns a value that nobody wants. */
      readonly drops: boolean;
    }
  | { readonly op: 'return'; readonly value: Expression | null }
  | { readonly op: 'unreachable' };

export interface FunctionCode extends Callee {
  readonly name: string;
  readonly params: readonly Local[];
  readonly locals: readonly Local[];
  readonly result: WasmType | null;
  readonly body: readonly Statement[];
}

export interface ImportCode extends Callee {
  readonly name: string;
  readonly params: readonly WasmType[];
  readonly result: WasmType | null;
}

export const i32 = (value: number): Expression => ({ op: 'const', type: 'i32', value });
export const f64 = (value: number): Expression => ({ op: 'const', type: 'f64', value });
export const get = (local: Local): Expression => ({ op: 'get', type: local.type, local });

export function operate(
  type: WasmType,
  opcodes: number | readonly number[],
  ...operands: Expression[]
): Expression {
  return { op: 'operate', type, opcodes: typeof opcodes === 'number' ? [opcodes] : opcodes, operands };
}

/** Evaluating it later, after other statements, gives the same. */
export function isStable(expression: Expression): boolean {
  switch (expression.op) {
    case 'const':
      return true;
    case 'get':
      return expression.local.immutable;
    case 'load':
      return false;
    case 'operate':
      return expression.operands.every(isStable);
    case 'choose':
      return isStable(expression.test) && isStable(expression.yes) && isStable(expression.no);
  }
}
