import type { Expression, FunctionCode, Statement } from '../wasm/code.ts';

/** What a function does to memory that calls no other and writes a few fields at known places. */
export interface Effects {
  /** Addresses of the fields that it writes. */
  readonly writes: readonly number[];
  /** Of all that it reads or writes. */
  readonly fields: readonly number[];
  /** Addresses in the arrays of which it reads some element. */
  readonly arrays: readonly number[];
}

/** A call of such a function behind a test. */
export interface ConditionalCall {
  readonly callee: FunctionCode;
  readonly operands: readonly Expression[];
  /** What is read again afterwards. */
  readonly sets: readonly (Statement & { op: 'set' })[];
  readonly effects: Effects;
}

/** Fields that a function may write to count as one of few effects. */
const MOST_WRITES = 8;

/** Finds such functions and such calls; asked for the same ones again and again. */
export class EffectsFinder {
  private readonly functions = new Map<FunctionCode, Effects | null>();
  private readonly branches = new Map<Statement, ConditionalCall | null>();

  /** Null for a function that does more. */
  of(code: FunctionCode): Effects | null {
    let effects = this.functions.get(code);
    if (effects === undefined) {
      effects = code.result === null ? effectsOf(code) : null;
      this.functions.set(code, effects);
    }
    return effects;
  }

  /** Null for a branch that does anything else. */
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
    return { callee, operands: call.operands, sets, effects };
  }
}

/** Without the sequences that only hold statements together. */
function flat(body: readonly Statement[]): readonly Statement[] {
  return body.flatMap((statement) =>
    statement.op === 'sequence' && statement.memo === undefined ? flat(statement.body) : [statement],
  );
}

function effectsOf({ body }: FunctionCode): Effects | null {
  const scan = new Scan();
  const isSimple = scan.statements(body);
  const { reads, writes, arrays } = scan;
  if (!isSimple || writes.size === 0 || writes.size > MOST_WRITES) return null;
  return { writes: [...writes], fields: [...reads, ...writes], arrays: [...arrays] };
}

class Scan {
  readonly reads = new Set<number>();
  readonly writes = new Set<number>();
  readonly arrays = new Set<number>();

  /** False if there is more than reads and writes of known fields and reads of tables. */
  statements(body: readonly Statement[]): boolean {
    return body.every((statement) => this.statement(statement));
  }

  private statement(statement: Statement): boolean {
    switch (statement.op) {
      case 'set':
        return this.expression(statement.value);
      case 'store':
        if (statement.base.op !== 'const') return false;
        this.writes.add(statement.base.value + statement.offset);
        return this.expression(statement.value);
      case 'if':
        return this.expression(statement.test) && this.statements([...statement.yes, ...statement.no]);
      case 'block':
      case 'loop':
        return this.statements(statement.body);
      case 'sequence':
        return statement.memo === undefined && this.statements(statement.body);
      case 'break':
        return true;
      case 'return':
        return statement.value === null;
      case 'call':
      case 'unreachable':
        return false;
    }
  }

  private expression(expression: Expression): boolean {
    switch (expression.op) {
      case 'const':
      case 'get':
        return true;
      case 'load':
        return this.load(expression);
      case 'operate':
        return expression.operands.every((operand) => this.expression(operand));
      case 'choose':
        return [expression.test, expression.yes, expression.no].every((part) => this.expression(part));
    }
  }

  /** Of a field, or of a table at a known place. */
  private load({ base, offset }: Expression & { op: 'load' }): boolean {
    if (base.op === 'const') this.reads.add(base.value + offset);
    else this.arrays.add(offset);
    return this.expression(base);
  }
}
