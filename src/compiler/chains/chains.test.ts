import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chainOf, recordingsWith, runOf } from '../../testing/turn-code.ts';
import { ARRAY_HEADER } from '../addresses.ts';
import {
  type Callee,
  type Expression,
  type FunctionCode,
  f64,
  get,
  i32,
  type Local,
  operate,
  type Statement,
} from '../wasm/code.ts';
import { encodeModule } from '../wasm/encode.ts';
import { Op } from '../wasm/opcodes.ts';
import { ChainCode } from './chain-code.ts';
import { loadAt } from './code-buffer.ts';
import { Disturbed } from './disturbed.ts';
import { EffectsFinder } from './effects.ts';
import { Image, SteadyWords } from './image.ts';
import { ImpliedTests } from './implied-tests.ts';
import { JoinedWays } from './joined-ways.ts';
import { Layout } from './layout.ts';
import { Nodes } from './nodes.ts';
import { endsOf, fits, type PathTree, withEnds, withPath } from './path-tree.ts';
import { Recorder } from './recorder.ts';
import type { Room } from './room.ts';

/** Integers side by side, numbers, an array of each, and a length of what is a log. */
const INTEGERS = [64, 68, 72, 76, 80, 84, 88, 92];
const NUMBERS = [128, 136, 144, 152];
const CALL_FIELDS = [160, 168];
const BINS = { begin: 256, end: 256 + 8 * 8, isTable: false };
const AMOUNTS = { begin: 384, end: 384 + 8 * 8, isTable: false };
const AMOUNTS_HANDLE = 176;
const ROOM: Room = { words: 1024, scratch: 8192, copies: 16_384, memos: 32_768, end: 36_000 };
const STATE_BYTES = 512;
/** That each way counts for: the rarer a way, the less it may differ from another to become one with it. */
const TURNS = 8;

const memory = new WebAssembly.Memory({ initial: 1 });
const ENV = { memory };
const bytes = new Uint8Array(memory.buffer);
const i32s = new Int32Array(memory.buffer);
const f64s = new Float64Array(memory.buffer);

// --- random turns ------------------------------------------------------------------------------------------------

type Value = { field: number } | { constant: number } | { opcode: number; one: Value; other: Value };
type Act =
  | { integer: number; value: Value }
  | { lanes: readonly number[]; to: number; from: number; opcode: number; by: number }
  | { number: number; plus: Value; times: boolean }
  | { later: number; by: number; opcode: number }
  | { bin: Value; array: number }
  | { call: Value }
  | { test: Value; yes: Act[]; no: Act[] };

const integerOpcode = fc.constantFrom(
  Op.i32Add,
  Op.i32Sub,
  Op.i32And,
  Op.i32Or,
  Op.i32Xor,
  Op.i32LtS,
  Op.i32Eq,
);
const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ field: fc.nat(INTEGERS.length - 1) }),
    fc.record({ constant: fc.integer({ min: -4, max: 4 }) }),
    fc.record({ opcode: integerOpcode, one: tie('value'), other: tie('value') }),
  ),
}));
const laterAct = fc.record({
  later: fc.nat(1),
  by: fc.integer({ min: 2, max: 3 }),
  opcode: fc.constantFrom(Op.f64Le, Op.f64Lt, Op.f64Ge, Op.f64Gt),
});
const { act } = fc.letrec<{ act: Act; acts: Act[] }>((tie) => ({
  acts: fc.array(tie('act'), { maxLength: 3 }),
  act: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ integer: fc.nat(INTEGERS.length - 1), value }),
    fc.record({
      lanes: fc.constantFrom([0, 1, 2, 3], [0, 1], [2, 3], [0, 2], [1, 3]),
      to: fc.constantFrom(0, 4),
      from: fc.constantFrom(0, 4),
      opcode: fc.constantFrom(Op.i32Add, Op.i32Xor, Op.i32Shl, Op.i32ShrU),
      by: fc.integer({ min: 1, max: 9 }),
    }),
    fc.record({ number: fc.nat(NUMBERS.length - 1), plus: value, times: fc.boolean() }),
    laterAct,
    fc.record({ bin: value, array: fc.constantFrom(BINS.begin, BINS.begin, AMOUNTS.begin) }),
    fc.record({ call: value }),
    fc.record({ test: value, yes: tie('acts'), no: tie('acts') }),
  ),
}));
/** More than one element that changes its place would be too many for any chain. */
const acts = fc.array(act, { minLength: 8, maxLength: 16 }).map((list) => {
  const first = list.findIndex((one) => 'bin' in one);
  return list.filter((one, index) => !('bin' in one) || index === first);
});

const field = (address: number) => loadAt('i32', Op.i32Load, address);
const number = (address: number) => loadAt('f64', Op.f64Load, address);
const store = (opcode: number, base: Expression, offset: number, what: Expression): Statement => {
  return { op: 'store', opcode, base, offset, value: what };
};

function code(node: Value): Expression {
  if ('field' in node) return field(INTEGERS[node.field]);
  if ('constant' in node) return i32(node.constant);
  return operate('i32', node.opcode, code(node.one), code(node.other));
}

/** Adds its argument to two fields that nothing else writes: one of few effects. */
const parameter: Local = { type: 'f64', immutable: true, index: 0 };
const callee: FunctionCode = {
  name: 'callee',
  index: 0,
  params: [parameter],
  locals: [],
  result: null,
  body: CALL_FIELDS.map((at) =>
    store(Op.f64Store, i32(0), at, operate('f64', Op.f64Add, number(at), get(parameter))),
  ),
};

function statements(list: readonly Act[], locals: Local[]): Statement[] {
  return list.flatMap((act): Statement[] => {
    if ('integer' in act) return [store(Op.i32Store, i32(0), INTEGERS[act.integer], code(act.value))];
    if ('lanes' in act) return sideBySide(act);
    if ('number' in act) {
      const at = NUMBERS[act.number];
      const by = operate('f64', Op.f64ConvertI32S, code(act.plus));
      const what = operate('f64', act.times ? Op.f64Max : Op.f64Add, number(at), by);
      return [store(Op.f64Store, i32(0), at, what)];
    }
    if ('later' in act) return later(act);
    if ('bin' in act) return count(act, locals);
    if ('call' in act) return [maybeCall(act.call)];
    const [yes, no] = [statements(act.yes, locals), statements(act.no, locals)];
    return [{ op: 'if', test: code(act.test), yes, no }];
  });
}

/** The same for integers side by side. */
function sideBySide({ lanes, to, from, opcode, by }: Extract<Act, { lanes: unknown }>): Statement[] {
  return lanes.map((lane) =>
    store(
      Op.i32Store,
      i32(0),
      INTEGERS[to + lane],
      operate('i32', opcode, field(INTEGERS[from + lane]), i32(by)),
    ),
  );
}

/** Time goes on by an amount, unless that would be beyond another number. */
function later({ later: of, by, opcode }: Extract<Act, { later: number }>): Statement[] {
  const at = NUMBERS[of];
  const index = operate('i32', Op.i32Shl, operate('i32', Op.i32And, field(INTEGERS[0]), i32(7)), i32(3));
  const place = operate('i32', Op.i32Add, field(AMOUNTS_HANDLE), index);
  const amount: Expression = { op: 'load', type: 'f64', opcode: Op.f64Load, base: place, offset: 0 };
  const end = operate('f64', Op.f64Add, number(at), operate('f64', Op.f64Add, amount, f64(3)));
  const isDue = operate('i32', opcode, number(NUMBERS[by]), end);
  const [wait, goOn] = [store(Op.f64Store, i32(0), at, f64(0)), store(Op.f64Store, i32(0), at, end)];
  const isLate = opcode === Op.f64Le || opcode === Op.f64Lt;
  return [{ op: 'if', test: isDue, yes: [isLate ? wait : goOn], no: [isLate ? goOn : wait] }];
}

function count({ bin, array }: Extract<Act, { bin: Value }>, locals: Local[]): Statement[] {
  const place: Local = { type: 'i32', immutable: true, index: 0 };
  locals.push(place);
  const scaled = operate('i32', Op.i32Shl, operate('i32', Op.i32And, code(bin), i32(7)), i32(3));
  const before: Expression = {
    op: 'load',
    type: 'f64',
    opcode: Op.f64Load,
    base: get(place),
    offset: BINS.begin,
  };
  return [
    { op: 'set', local: place, value: scaled },
    store(Op.f64Store, get(place), array, operate('f64', Op.f64Add, before, f64(1))),
  ];
}

function maybeCall(test: Value): Statement {
  const operands = [operate('f64', Op.f64ConvertI32S, field(INTEGERS[1]))];
  const call: Statement = { op: 'call', callee: callee as Callee, operands, result: null, drops: false };
  return { op: 'if', test: code(test), yes: [call], no: [] };
}

function turnOf(list: readonly Act[]): FunctionCode {
  const argument: Local = { type: 'f64', immutable: true, index: 0 };
  const locals: Local[] = [];
  const body = [...statements(list, locals), { op: 'return', value: i32(1) } as const];
  return { name: 'turn', index: 0, params: [argument], locals, result: 'i32', body };
}

// --- memories ----------------------------------------------------------------------------------------------------

interface State {
  readonly integers: readonly number[];
  readonly numbers: readonly number[];
}

const state = fc.record({
  integers: fc.array(fc.integer({ min: -1, max: 3 }), { minLength: 8, maxLength: 8 }),
  numbers: fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 4, maxLength: 4 }),
});

function put({ integers, numbers }: State): void {
  bytes.fill(0, 0, STATE_BYTES);
  for (const [index, at] of INTEGERS.entries()) i32s[at >> 2] = integers[index];
  for (const [index, at] of NUMBERS.entries()) f64s[at >> 3] = numbers[index];
  for (let index = 0; index < 8; index++) f64s[(AMOUNTS.begin >> 3) + index] = index;
  for (const { begin } of [BINS, AMOUNTS]) i32s[(begin - ARRAY_HEADER) >> 2] = 8;
  i32s[AMOUNTS_HANDLE >> 2] = AMOUNTS.begin;
}

const LAYOUT = new Layout([BINS, AMOUNTS], new Set(), new Set([AMOUNTS_HANDLE]), [], [AMOUNTS_HANDLE]);

/** The ways that turns go from these memories. */
function treeOf(turn: FunctionCode, states: readonly State[]) {
  const [nodes, effects] = [new Nodes(), new EffectsFinder()];
  const recordings = recordingsWith(nodes, effects);
  // All fields differ from turn to turn, but for the handle.
  const steady = new SteadyWords(new Uint8Array(STATE_BYTES));
  for (let look = 1; look < 5; look++) {
    const changed = new Int32Array(STATE_BYTES / 4).fill(look);
    changed[AMOUNTS_HANDLE >> 2] = 0;
    steady.compare(new Uint8Array(changed.buffer));
  }
  encodeModule({ imports: [], functions: [callee, turn], exports: {} });
  let tree: PathTree | null = null;
  const recorded: State[] = [];
  for (const one of states) {
    put(one);
    try {
      const image = new Image(bytes.slice().buffer, LAYOUT, steady);
      tree = withPath(tree, new Recorder(recordings, image).record(turn, 1), TURNS);
      recorded.push(one);
    } catch (error) {
      if (!(error instanceof Disturbed)) throw error;
    }
  }
  return { tree, nodes, effects, recorded };
}

/**
 * A chain of the ways that turns go from these memories, and the turn itself; null where there is no chain. `joins`:
 * ways that are nearly alike become one.
 */
function compile(turn: FunctionCode, states: readonly State[], joins: boolean) {
  const { tree: all, nodes, effects, recorded } = treeOf(turn, states);
  if (all === null) return null;
  const tree = joins ? new JoinedWays(nodes, 100).of(all) : all;
  const memo = { name: 'memo', params: [], result: null, index: 0 } as const;
  const needed = new ImpliedTests(nodes.amounts).without(tree);
  const code = new ChainCode(needed, nodes, effects, ROOM, { callee: memo, range: null });
  return {
    recorded,
    joined: endsOf(all).length - endsOf(tree).length,
    model: runOf({ imports: [], functions: [callee, turn], exports: { run: turn } }, ENV),
    chain: chainOf(code, { imports: [], functions: [callee] }, ENV),
  };
}

describe('a chain', () => {
  /** How often a chain made its turn; it must do all that the turn does or nothing. */
  function compare(
    list: readonly Act[],
    known: readonly State[],
    more: readonly State[],
    joins = false,
  ): { made: number; joined: number } {
    const compiled = compile(turnOf(list), known, joins);
    if (compiled === null) return { made: 0, joined: 0 };
    let made = 0;
    for (const one of [...known, ...more]) {
      put(one);
      const before = bytes.slice(0, STATE_BYTES);
      compiled.model();
      const after = bytes.slice(0, STATE_BYTES);
      put(one);
      const isMade = compiled.chain() === 1;
      expect(bytes.slice(0, STATE_BYTES)).toEqual(isMade ? after : before);
      if (isMade) made++;
      if (compiled.recorded.includes(one)) expect(isMade).toBe(true);
    }
    return { made, joined: compiled.joined };
  }

  const states = fc.array(state, { minLength: 1, maxLength: 4 });

  it('does all that a random turn does or nothing, and knows the ways it was made of', () => {
    let made = 0;
    fc.assert(
      fc.property(acts, states, fc.array(state), (list, known, more) => {
        made += compare(list, known, more).made;
      }),
      { numRuns: 800 },
    );
    expect(made).toBeGreaterThan(800);
  });

  /** What one way of two relies on does not hold on the other. */
  const parted: readonly Act[] = [
    { number: 1, plus: { constant: -4 }, times: false },
    { integer: 0, value: { field: 2 } },
    { bin: { field: 0 }, array: BINS.begin },
    { later: 0, by: 3, opcode: Op.f64Le },
    {
      test: { opcode: Op.i32Add, one: { field: 2 }, other: { field: 2 } },
      yes: [{ call: { field: 2 } }, { later: 1, by: 2, opcode: Op.f64Le }],
      no: [],
    },
  ];
  const partedStates: State[] = [
    [0, 22, 0, 0, 0],
    [1, 0, 23, 0, 5],
    [0, 0, 0, 0, 4],
    [1, 0, 0, 1, 5],
    [3, 1, 27, 0, 0],
  ].map(([integer, ...numbers]) => ({ integers: [0, 0, integer, 0, 0, 0, 0, 0], numbers }));

  it('does so where ways that are nearly alike have become one', () => {
    const many = fc.array(state, { minLength: 3, maxLength: 8 });
    let [made, joined] = [0, 0];
    fc.assert(
      fc.property(acts, many, many, (list, known, more) => {
        const compared = compare(list, known, more, true);
        made += compared.made;
        joined += compared.joined;
      }),
      { numRuns: 1500, examples: [[[...parted], partedStates, []]] },
    );
    expect(made).toBeGreaterThan(4000);
    expect(joined).toBeGreaterThan(500);
  });

  it('asks only at the end what it would be told by then, if time only goes on', () => {
    const stretch = fc.array(laterAct, { minLength: 2, maxLength: 8 });
    let [asked, needed] = [0, 0];
    fc.assert(
      fc.property(stretch, states, fc.array(state, { minLength: 6 }), (list, known, more) => {
        compare(list, known, more);
        const ways = treeOf(turnOf(list), known);
        if (ways.tree === null) return;
        asked += testsIn(ways.tree);
        needed += testsIn(new ImpliedTests(ways.nodes.amounts).without(ways.tree));
      }),
      { numRuns: 400 },
    );
    expect(needed).toBeLessThan(0.95 * asked);
  });
});

it('goes on where an array has become another one, which is longer', () => {
  const header = operate('i32', Op.i32Sub, field(AMOUNTS_HANDLE), i32(ARRAY_HEADER));
  const length: Expression = { op: 'load', type: 'i32', opcode: Op.i32Load, base: header, offset: 0 };
  const place = operate(
    'i32',
    Op.i32Add,
    field(AMOUNTS_HANDLE),
    operate('i32', Op.i32Shl, field(64), i32(3)),
  );
  const before: Expression = { op: 'load', type: 'f64', opcode: Op.f64Load, base: place, offset: 0 };
  const add = store(Op.f64Store, place, 0, operate('f64', Op.f64Add, before, f64(1)));
  const test = operate('i32', Op.i32LtS, field(64), length);
  const argument: Local = { type: 'f64', immutable: true, index: 0 };
  const body: Statement[] = [
    { op: 'if', test, yes: [add], no: [] },
    { op: 'return', value: i32(1) },
  ];
  const turn: FunctionCode = { name: 'turn', index: 0, params: [argument], locals: [], result: 'i32', body };
  const known: State = { integers: [3, 0, 0, 0, 0, 0, 0, 0], numbers: [0, 0, 0, 0] };
  const { chain } = compile(turn, [known], false)!;
  put(known);
  i32s[AMOUNTS_HANDLE >> 2] = BINS.begin;
  expect(chain()).toBe(1);
  expect(f64s[(BINS.begin >> 3) + 3]).toBe(1);
  i32s[(BINS.begin - ARRAY_HEADER) >> 2] = 3;
  expect(chain()).toBe(0);
});

it('takes into a tree only paths that ask the same up to where they part', () => {
  const nodes = new Nodes();
  const zero = nodes.constant('i32', 0);
  const [one, other] = [4, 8].map((at) => nodes.load('i32', Op.i32Load, zero, at, null, 0));
  const pathOf = (...tests: readonly (readonly [typeof one, boolean])[]) => {
    return { steps: tests.map(([test, outcome]) => ({ kind: 'test' as const, test, outcome })), stores: [] };
  };
  const tree = withPath(null, pathOf([one, true], [other, true]), 1);
  expect(fits(tree, pathOf([one, false]))).toBe(true);
  expect(fits(tree, pathOf([one, true], [other, false], [one, true]))).toBe(true);
  expect(fits(tree, pathOf([other, true]))).toBe(false);
  expect(fits(tree, pathOf([one, true]))).toBe(false);
  expect(fits(tree, pathOf([one, true], [other, true], [one, true]))).toBe(false);
});

it('keeps of a tree only the ways to given ends', () => {
  const nodes = new Nodes();
  const [one, other] = [4, 8].map((at) =>
    nodes.load('i32', Op.i32Load, nodes.constant('i32', 0), at, null, 0),
  );
  const pathOf = (...outcomes: readonly boolean[]) => ({
    steps: outcomes.map((outcome, at) => ({ kind: 'test' as const, test: [one, other][at], outcome })),
    stores: [],
  });
  const tree = withPath(
    withPath(withPath(null, pathOf(true, true), 5), pathOf(true, false), 3),
    pathOf(false),
    2,
  );
  const [first, , last] = endsOf(tree);
  expect(endsOf(tree).map(({ turns }) => turns)).toEqual([5, 3, 2]);
  expect(withEnds(tree, new Set([first, last]))).toMatchObject({ turns: 7, yes: { no: null, turns: 5 } });
  expect(withEnds(tree, new Set())).toBeNull();
});

function testsIn(tree: PathTree | null): number {
  if (tree === null || tree.kind === 'end') return 0;
  return tree.kind === 'call' ? testsIn(tree.next) : 1 + testsIn(tree.yes) + testsIn(tree.no);
}
