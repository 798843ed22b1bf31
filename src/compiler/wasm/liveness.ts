import type { Expression, Label, Local, Statement } from './code.ts';

/**
 * Leaves out what is put into a local that nobody reads afterwards. Computing a value has no effects, whatever it
 * reads; `locals` are numbered anew.
 */
export function withoutDeadSets(body: readonly Statement[], locals: readonly Local[]): Statement[] {
  for (const [index, local] of locals.entries()) local.index = index;
  return new Liveness(locals.length).pass(body, new Live(locals.length)).statements;
}

/** Locals whose value is still wanted at a point. */
class Live {
  private readonly words: Uint32Array;

  constructor(size: number, words = new Uint32Array((size + 31) >>> 5)) {
    this.words = words;
  }

  has({ index }: Local): boolean {
    return (this.words[index >>> 5] & (1 << (index & 31))) !== 0;
  }

  add({ index }: Local): void {
    this.words[index >>> 5] |= 1 << (index & 31);
  }

  delete({ index }: Local): void {
    this.words[index >>> 5] &= ~(1 << (index & 31));
  }

  copy(): Live {
    return new Live(0, this.words.slice());
  }

  /** Takes the others in; whether that was news. */
  include({ words }: Live): boolean {
    let isNews = false;
    for (let word = 0; word < words.length; word++) {
      if ((words[word] & ~this.words[word]) !== 0) isNews = true;
      this.words[word] |= words[word];
    }
    return isNews;
  }
}

class Liveness {
  private readonly atLabel = new Map<Label, Live>();

  constructor(private readonly size: number) {}

  /** From the last statement to the first. `live` is what is wanted after them; it becomes what is before. */
  pass(body: readonly Statement[], live: Live): { statements: Statement[]; live: Live } {
    const kept: Statement[] = [];
    let wanted = live;
    for (let index = body.length - 1; index >= 0; index--) {
      const step = this.step(body[index], wanted);
      wanted = step.live;
      if (step.statement !== null) kept.push(step.statement);
    }
    return { statements: kept.reverse(), live: wanted };
  }

  private step(statement: Statement, live: Live): { statement: Statement | null; live: Live } {
    switch (statement.op) {
      case 'set':
        if (!live.has(statement.local)) return { statement: null, live };
        live.delete(statement.local);
        use(statement.value, live);
        return { statement, live };
      case 'store':
        use(statement.base, live);
        use(statement.value, live);
        return { statement, live };
      case 'call': {
        const { result, operands } = statement;
        const isWanted = result !== null && live.has(result);
        if (result !== null) live.delete(result);
        for (const operand of operands) use(operand, live);
        if (result === null || isWanted) return { statement, live };
        return { statement: { ...statement, result: null, drops: true }, live };
      }
      case 'return':
        return { statement, live: this.usesOf(statement.value) };
      case 'unreachable':
        return { statement, live: this.usesOf(null) };
      case 'break':
        return { statement, live: this.atLabel.get(statement.label)!.copy() };
      case 'if':
        return this.branch(statement, live);
      case 'block': {
        this.atLabel.set(statement.label, live.copy());
        const inner = this.pass(statement.body, live);
        return { statement: { ...statement, body: inner.statements }, live: inner.live };
      }
      case 'sequence': {
        const inner = this.pass(statement.body, live);
        return { statement: { ...statement, body: inner.statements }, live: inner.live };
      }
      case 'loop':
        return this.loop(statement, live);
    }
  }

  private usesOf(value: Expression | null): Live {
    const live = new Live(this.size);
    if (value !== null) use(value, live);
    return live;
  }

  private branch(
    statement: Statement & { op: 'if' },
    live: Live,
  ): { statement: Statement | null; live: Live } {
    const no = this.pass(statement.no, live.copy());
    const yes = this.pass(statement.yes, live);
    if (yes.statements.length === 0 && no.statements.length === 0) return { statement: null, live: yes.live };
    yes.live.include(no.live);
    use(statement.test, yes.live);
    return { statement: { ...statement, yes: yes.statements, no: no.statements }, live: yes.live };
  }

  /** What the next turn wants is known only after a pass over the turn. */
  private loop(statement: Statement & { op: 'loop' }, live: Live): { statement: Statement; live: Live } {
    const head = new Live(this.size);
    this.atLabel.set(statement.label, head);
    for (;;) {
      const turn = this.pass(statement.body, live.copy());
      if (!head.include(turn.live))
        return { statement: { ...statement, body: turn.statements }, live: turn.live };
    }
  }
}

function use(expression: Expression, live: Live): void {
  switch (expression.op) {
    case 'const':
      break;
    case 'get':
      live.add(expression.local);
      break;
    case 'load':
      use(expression.base, live);
      break;
    case 'operate':
      for (const operand of expression.operands) use(operand, live);
      break;
    case 'choose':
      use(expression.test, live);
      use(expression.yes, live);
      use(expression.no, live);
  }
}
