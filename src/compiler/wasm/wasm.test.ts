import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Expression, f64, get, i32, type Local, operate, type Statement } from './code.ts';
import { encodeModule } from './encode.ts';
import { withoutDeadSets } from './liveness.ts';
import { Op } from './opcodes.ts';

const PARAMETERS = 3;
const VARIABLES = 4;

const local = (): Local => ({ type: 'i32', immutable: false, index: 0 });

/** Runs a function of integers by WebAssembly. */
function run(
  body: readonly Statement[],
  params: readonly Local[],
  locals: readonly Local[],
  values: readonly number[],
): number {
  const code = { name: 'f', index: 0, params, locals, result: 'i32' as const, body };
  const binary = encodeModule({ imports: [], functions: [code], exports: { f: code } });
  const memory = new WebAssembly.Memory({ initial: 1 });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(binary), { env: { memory } });
  return (instance.exports.f as (...values: readonly number[]) => number)(...values);
}

const JS: Readonly<Record<number, (one: number, other: number) => number>> = {
  [Op.i32Add]: (one, other) => (one + other) | 0,
  [Op.i32Sub]: (one, other) => (one - other) | 0,
  [Op.i32Mul]: Math.imul,
  [Op.i32And]: (one, other) => one & other,
  [Op.i32Or]: (one, other) => one | other,
  [Op.i32Xor]: (one, other) => one ^ other,
  [Op.i32Shl]: (one, other) => one << other,
  [Op.i32ShrU]: (one, other) => (one >>> other) | 0,
  [Op.i32ShrS]: (one, other) => one >> other,
  [Op.i32LtS]: (one, other) => Number(one < other),
  [Op.i32Eq]: (one, other) => Number(one === other),
};

/** Programs as plain data, for both sides to read. */
type Tree = number | { variable: number } | { opcode: number; one: Tree; other: Tree };
type Step =
  | { set: number; to: Tree }
  | { test: Tree; yes: Step[]; no: Step[] }
  | { repeat: number; body: Step[]; leaveIf: Tree };

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(fc.integer(), fc.constantFrom(-65, -64, 63, 64, 8191, 8192, 0x7fff_ffff, -0x8000_0000)),
    fc.nat(PARAMETERS + VARIABLES - 1).map((variable) => ({ variable })),
    fc.record({
      opcode: fc.constantFrom(...Object.keys(JS).map(Number)),
      one: tie('tree'),
      other: tie('tree'),
    }),
  ),
}));

const { steps } = fc.letrec<{ steps: Step[] }>((tie) => ({
  steps: fc.array(
    fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.record({ set: fc.nat(VARIABLES - 1), to: tree }),
      fc.record({ test: tree, yes: tie('steps'), no: tie('steps') }),
      fc.record({ repeat: fc.nat(3), body: tie('steps'), leaveIf: tree }),
    ),
    { maxLength: 4 },
  ),
}));

function evaluate(node: Tree, state: readonly number[]): number {
  if (typeof node === 'number') return node;
  if ('variable' in node) return state[node.variable];
  return JS[node.opcode](evaluate(node.one, state), evaluate(node.other, state));
}

function interpret(program: readonly Step[], state: number[]): void {
  for (const step of program) {
    if ('set' in step) state[PARAMETERS + step.set] = evaluate(step.to, state);
    else if ('test' in step) interpret(evaluate(step.test, state) !== 0 ? step.yes : step.no, state);
    else {
      for (let turn = 0; turn < step.repeat; turn++) {
        if (evaluate(step.leaveIf, state) !== 0) break;
        interpret(step.body, state);
      }
    }
  }
}

/** The same program as code; each loop has a counter of its own. */
class Translator {
  readonly params = Array.from({ length: PARAMETERS }, local);
  readonly locals = Array.from({ length: VARIABLES }, local);

  expression(node: Tree): Expression {
    if (typeof node === 'number') return i32(node);
    if ('variable' in node) return get([...this.params, ...this.locals][node.variable]);
    return operate('i32', node.opcode, this.expression(node.one), this.expression(node.other));
  }

  statements(program: readonly Step[]): Statement[] {
    return program.flatMap((step): Statement[] => {
      if ('set' in step)
        return [{ op: 'set', local: this.locals[step.set], value: this.expression(step.to) }];
      if ('repeat' in step) return this.loop(step);
      const [yes, no] = [this.statements(step.yes), this.statements(step.no)];
      return [{ op: 'if', test: this.expression(step.test), yes, no }];
    });
  }

  private loop({ repeat, body, leaveIf }: Extract<Step, { repeat: number }>): Statement[] {
    const turn = local();
    this.locals.push(turn);
    const [head, end] = [{ used: true }, { used: true }];
    const leave = (test: Expression): Statement => {
      return { op: 'if', test, yes: [{ op: 'break', label: end }], no: [] };
    };
    const turns: Statement[] = [
      leave(operate('i32', Op.i32Eq, get(turn), i32(repeat))),
      leave(this.expression(leaveIf)),
      ...this.statements(body),
      { op: 'set', local: turn, value: operate('i32', Op.i32Add, get(turn), i32(1)) },
      { op: 'break', label: head },
    ];
    return [
      { op: 'set', local: turn, value: i32(0) },
      { op: 'block', label: end, body: [{ op: 'loop', label: head, body: turns }] },
    ];
  }
}

describe('code of random programs', () => {
  const values = fc.array(fc.integer(), { minLength: PARAMETERS, maxLength: PARAMETERS });

  test('computes what the same program computes in JavaScript, with and without its dead parts', () => {
    fc.assert(
      fc.property(steps, fc.nat(VARIABLES - 1), values, (program, wanted, given) => {
        const state = [...given, ...new Array(VARIABLES).fill(0)];
        interpret(program, state);
        const { params, locals, ...translator } = translate(program);
        const body: Statement[] = [...translator.body, { op: 'return', value: get(locals[wanted]) }];
        expect(run(body, params, locals, given)).toBe(state[PARAMETERS + wanted]);
        const live = withoutDeadSets(body, [...params, ...locals]);
        expect(run(live, params, locals, given)).toBe(state[PARAMETERS + wanted]);
      }),
      { numRuns: 500 },
    );
  });
});

function translate(program: readonly Step[]) {
  const translator = new Translator();
  const body = translator.statements(program);
  return { body, params: translator.params, locals: translator.locals };
}

describe('dead parts', () => {
  test('are sets that nobody reads, branches that do nothing and results that nobody wants', () => {
    const [kept, dead, result] = [local(), local(), local()];
    const callee = { index: 0 };
    const set = (to: Local, value: number): Statement => ({ op: 'set', local: to, value: i32(value) });
    const body: Statement[] = [
      set(kept, 1),
      set(dead, 2),
      { op: 'if', test: get(kept), yes: [set(dead, 3)], no: [] },
      { op: 'call', callee, operands: [get(dead)], result, drops: true },
      set(kept, 4),
      { op: 'return', value: get(kept) },
    ];
    expect(withoutDeadSets(body, [kept, dead, result])).toEqual([
      set(kept, 1),
      set(dead, 2),
      { op: 'if', test: get(kept), yes: [set(dead, 3)], no: [] },
      { op: 'call', callee, operands: [get(dead)], result: null, drops: true },
      set(kept, 4),
      { op: 'return', value: get(kept) },
    ]);
    expect(withoutDeadSets([set(dead, 2), { op: 'return', value: i32(0) }], [dead])).toEqual([
      { op: 'return', value: i32(0) },
    ]);
  });
});

describe('numbers', () => {
  test('of both types arrive as they are', () => {
    const numbers = [0, -0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -1e-300];
    for (const number of numbers) {
      const code = { name: 'f', index: 0, params: [], locals: [], result: 'f64' as const };
      const returning = { ...code, body: [{ op: 'return' as const, value: f64(number) }] };
      const binary = encodeModule({ imports: [], functions: [returning], exports: { f: returning } });
      const memory = new WebAssembly.Memory({ initial: 1 });
      const instance = new WebAssembly.Instance(new WebAssembly.Module(binary), { env: { memory } });
      expect((instance.exports.f as () => number)()).toBe(number);
    }
  });
});
