import {
  type Callee,
  type Expression,
  type FunctionCode,
  f64,
  get,
  type ImportCode,
  i32,
  type Label,
  type Local,
  operate,
  type Statement,
} from '../wasm/code.ts';
import { Op } from '../wasm/opcodes.ts';

/**
 * After so many disturbed turns in a row, so many are left to the code for everything before it is tried again. What
 * bursts of the neighbours disturb is some twenty at most.
 */
const PATIENCE = 40;
const PAUSE = 64;

/** What it has to know of a double buffer. */
export interface Copies {
  readonly copies: readonly [number, number];
  readonly fetch: FunctionCode;
  readonly giveBack: FunctionCode;
}

/**
 * Turn after turn by the chain, and those that it cannot make by the code for everything: `advance`, which runs so many
 * turns and returns 1, or 0 when the machine has come to its end.
 */
export function loopCode(
  chain: FunctionCode,
  advance: ImportCode,
  { copies: [first, second], fetch, giveBack }: Copies,
): FunctionCode {
  const [left, turns] = [local('f64'), local('f64')];
  const [made, disturbed] = [local('i32'), local('i32')];
  const [from, to, spare] = [local('i32'), local('i32'), local('i32')];
  const head: Label = { used: true };
  const set = (to: Local, value: Expression): Statement => ({ op: 'set', local: to, value });
  const when = (test: Expression, ...yes: Statement[]): Statement => ({ op: 'if', test, yes, no: [] });
  const call = (callee: Callee, ...operands: Expression[]): Statement => {
    return { op: 'call', callee, operands, result: made, drops: false };
  };
  const copy = (callee: FunctionCode): Statement => {
    return { op: 'call', callee, operands: [get(from)], result: null, drops: false };
  };
  const isMore = operate('i32', Op.f64Ge, get(left), f64(1));
  const isTooMuch = operate('i32', Op.i32GeS, get(disturbed), i32(PATIENCE));
  const byAdvance: Statement[] = [
    set(disturbed, operate('i32', Op.i32Add, get(disturbed), i32(1))),
    when(isTooMuch, set(turns, operate('f64', Op.f64Min, get(left), f64(PAUSE))), set(disturbed, i32(0))),
    copy(giveBack),
    call(advance, get(turns)),
    when(operate('i32', Op.i32Eqz, get(made)), { op: 'return', value: i32(0) }),
    copy(fetch),
  ];
  const byChain = [set(disturbed, i32(0)), set(spare, get(from)), set(from, get(to)), set(to, get(spare))];
  const turn: Statement[] = [
    set(turns, f64(1)),
    call(chain, get(from), get(to)),
    { op: 'if', test: get(made), yes: byChain, no: byAdvance },
    set(left, operate('f64', Op.f64Sub, get(left), get(turns))),
    when(isMore, { op: 'break', label: head }),
  ];
  const body: Statement[] = [
    when(operate('i32', Op.i32Eqz, isMore), call(advance, get(left)), { op: 'return', value: get(made) }),
    set(from, i32(first)),
    set(to, i32(second)),
    copy(fetch),
    { op: 'loop', label: head, body: turn },
    copy(giveBack),
    { op: 'return', value: i32(1) },
  ];
  const locals = [turns, made, disturbed, from, to, spare];
  return { name: 'advance', index: 0, params: [left], locals, result: 'i32', body };
}

function local(type: 'i32' | 'f64'): Local {
  return { type, immutable: false, index: 0 };
}
