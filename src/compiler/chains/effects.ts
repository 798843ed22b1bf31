import type { Expression, FunctionCode, Statement } from '../wasm/code.ts';

export interface FunctionEffects {
  /** Addresses of the fields that it writes. */
  readonly writes: readonly number[];
  /** Of all that it reads or writes, tables aside. */
  readonly fields: readonly number[];
}

/** A call of such a function behind a test. */
export interface ConditionalCall {
  readonly call: Statement & { op: 'call' };
  readonly callee: FunctionCode;
  readonly sets: readonly (Statement & { op: 'set' })[];
  readonly effects: FunctionEffects;
}

/** Fields that a function may write to count as one of few effects. */
const MOST_WRITES = 8;

/** What functions do to memory, of those that call no others and write a few fields at known places. */
export class Effects {
  private readonly known = new Map<FunctionCode, FunctionEffects | null>();

  private readonly branches = new Map<Statement, ConditionalCall | null>();

  /** Of a branch that does nothing but call such a function, and read again what it may have changed. */
  ofBranch(branch: Statement & { op: 'if' }): ConditionalCall | null {
    let call = this.branches.get(branch);
    if (call === undefined) {
      call = this.conditionalCall(branch);
      this.branches.set(branch, call);
    }
    return call;
  }

  private conditionalCall({ yes, no }: Statement & { op: 'if' }): ConditionalCall | null {
    const [call, ...sets] = flat(yes);
    if (flat(no).length > 0 || call?.op !== 'call' || !('body' in call.callee)) return null;
    const callee = call.callee as FunctionCode;
    const effects = this.of(callee);
    if (effects === null || !sets.every((one) => one.op === 'set')) return null;
    return { call, callee, sets, effects };
  }

  /** Null for a function that does more. */
  of(code: FunctionCode): FunctionEffects | null {
    let effects = this.known.get(code);
    if (effects === undefined) {
      effects = code.result === null ? effectsOf(code) : null;
      this.known.set(code, effects);
    }
    return effects;
  }
}

/** Without the sequences, which only hold statements together. */
function flat(body: readonly Statement[]): readonly Statement[] {
  return body.flatMap((statement) =>
    statement.op === 'sequence' && statement.memo === undefined ? flat(statement.body) : [statement],
  );
}

function effectsOf({ body }: FunctionCode): FunctionEffects | null {
  const reads = new Set<number>();
  const writes = new Set<number>();
  const scan = new Scan(reads, writes);
  if (!scan.statements(body) || writes.size === 0 || writes.size > MOST_WRITES) return null;
  return { writes: [...writes], fields: [...new Set([...reads, ...writes])] };
}

class Scan {
  constructor(
    private readonly reads: Set<number>,
    private readonly writes: Set<number>,
  ) {}

  /** False for what is no simple function. */
  statements(body: readonly Statement[]): boolean {
    return body.every((statement) => this.statement(statement));
  }

  private statement(statement: Statement): boolean {
    switch (statement.op) {
      case 'set':
        this.expression(statement.value);
        return true;
      case 'store':
        this.expression(statement.value);
        if (statement.base.op !== 'const') return false;
        this.writes.add(statement.base.value + statement.offset);
        return true;
      case 'if':
        this.expression(statement.test);
        return this.statements(statement.yes) && this.statements(statement.no);
      case 'block':
      case 'loop':
      case 'sequence':
        return this.statements(statement.body);
      case 'call':
        return false;
      case 'return':
      case 'break':
        return true;
      case 'unreachable':
        return false;
    }
  }

  private expression(expression: Expression): void {
    if (expression.op === 'load') {
      if (expression.base.op === 'const') this.reads.add(expression.base.value + expression.offset);
      else this.expression(expression.base);
    } else if (expression.op === 'operate') {
      for (const operand of expression.operands) this.expression(operand);
    } else if (expression.op === 'choose') {
      for (const part of [expression.test, expression.yes, expression.no]) this.expression(part);
    }
  }
}
