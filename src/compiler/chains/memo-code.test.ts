import fc from 'fast-check';
import { beforeEach, expect, it } from 'vitest';
import { chainOf, recordingsWith, runOf } from '../../testing/turn-code.ts';
import { ARRAY_HEADER } from '../addresses.ts';
import {
  type Expression,
  type FunctionCode,
  f64,
  get,
  type ImportCode,
  i32,
  type Local,
  operate,
  type Statement,
} from '../wasm/code.ts';
import { encodeModule } from '../wasm/encode.ts';
import { Op } from '../wasm/opcodes.ts';
import { ChainCode } from './chain-code.ts';
import { loadAt } from './code-buffer.ts';
import { EffectsFinder } from './effects.ts';
import { Image, SteadyWords } from './image.ts';
import { ImpliedTests } from './implied-tests.ts';
import { JoinedWays } from './joined-ways.ts';
import { Layout } from './layout.ts';
import { Nodes } from './nodes.ts';
import { type PathTree, withPath } from './path-tree.ts';
import { Recorder } from './recorder.ts';
import { MOVES, type Room } from './room.ts';

/**
 * Four stages that draw from the table for their age, or from none if it is below 1. One of them does not always run, and
 * the first one draws twice.
 */
const STAGES = [0, 1, 2, 3];
const NOW = 64;
const HANDLE = 72;
const streamOf = (stage: number) => 80 + 4 * stage;
const lastRunOf = (stage: number) => 96 + 8 * stage;
const SHORT = 128;
const SOMETIMES = 1;
const STATE_END = 136;
/** Where `tableFor` leaves the ages that its result holds for. */
const FROM = 136;
const BELOW = 144;
/** Two tables of four amounts, in an array that may be in either place. */
const [ARRAY, OTHER_ARRAY] = [256, 384];
const ENTRIES = 4;
const OLD = 10;
const RATE = 0.5;
const ROOM: Room = { words: 1024, scratch: 2048, copies: 4096, memos: 20_480, end: 21_504 };

const memory = new WebAssembly.Memory({ initial: 1 });
const bytes = new Uint8Array(memory.buffer);
const i32s = new Int32Array(memory.buffer);
const f64s = new Float64Array(memory.buffer);

const integer = (at: number) => loadAt('i32', Op.i32Load, at);
const number = (at: number) => loadAt('f64', Op.f64Load, at);
const store = (opcode: number, at: number, value: Expression): Statement => {
  return { op: 'store', opcode, base: i32(0), offset: at, value };
};
const later = (by: Expression) => store(Op.f64Store, NOW, operate('f64', Op.f64Add, number(NOW), by));

// --- the turn ----------------------------------------------------------------------------------------------------

function statementsOf(stage: number, locals: Local[]): Statement[] {
  const [age, table]: Local[] = [
    { type: 'f64', immutable: true, index: 0 },
    { type: 'i32', immutable: false, index: 0 },
  ];
  locals.push(age, table);
  const unused = operate('f64', Op.f64Sub, number(NOW), number(lastRunOf(stage)));
  const isOld = operate('i32', Op.f64Ge, get(age), f64(OLD));
  const memo = { operands: [i32(0), get(age)], result: table };
  const body: Statement[] = [{ op: 'set', local: table, value: operate('i32', Op.i32Shl, isOld, i32(2)) }];
  const draw: Statement[] = [
    { op: 'sequence', memo, body },
    ...drawFrom(table, stage),
    ...(stage === 0 ? drawFrom(table, 1) : []),
  ];
  return [
    { op: 'set', local: age, value: operate('f64', Op.f64Mul, unused, f64(RATE)) },
    store(Op.f64Store, lastRunOf(stage), number(NOW)),
    { op: 'if', test: operate('i32', Op.f64Lt, get(age), f64(1)), yes: [later(f64(2))], no: draw },
  ];
}

function drawFrom(table: Local, of: number): Statement[] {
  const stream = integer(streamOf(of));
  const entry = operate('i32', Op.i32Add, get(table), operate('i32', Op.i32ShrU, stream, i32(30)));
  const base = operate('i32', Op.i32Add, integer(HANDLE), operate('i32', Op.i32Shl, entry, i32(3)));
  return [
    later({ op: 'load', type: 'f64', opcode: Op.f64Load, base, offset: 0 }),
    store(Op.i32Store, streamOf(of), operate('i32', Op.i32Add, stream, i32(0x4321_0123))),
  ];
}

function turnOf(): FunctionCode {
  const argument: Local = { type: 'f64', immutable: true, index: 0 };
  const locals: Local[] = [];
  const stages = STAGES.flatMap((stage): Statement[] => {
    const run = statementsOf(stage, locals);
    return stage === SOMETIMES ? [{ op: 'if', test: integer(SHORT), yes: [], no: run }] : run;
  });
  const body = [...stages, later(f64(3))];
  const end = { op: 'return', value: i32(1) } as const;
  return { name: 'turn', index: 0, params: [argument], locals, result: 'i32', body: [...body, end] };
}

/** How often it has been called, and what it does besides. */
let calls = 0;
let besides = () => {};

function tableFor(_object: number, age: number): number {
  calls++;
  expect(age).toBeGreaterThanOrEqual(1);
  besides();
  [f64s[FROM >> 3], f64s[BELOW >> 3]] = age < OLD ? [1, OLD] : [OLD, Number.POSITIVE_INFINITY];
  return age < OLD ? 0 : ENTRIES;
}

// --- memories ----------------------------------------------------------------------------------------------------

interface State {
  readonly ages: readonly number[];
  readonly streams: readonly number[];
  readonly isShort: boolean;
}

const state: fc.Arbitrary<State> = fc.record({
  ages: fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 4, maxLength: 4 }),
  streams: fc.array(fc.integer(), { minLength: 4, maxLength: 4 }),
  isShort: fc.boolean(),
});

function put({ ages, streams, isShort }: State, array = ARRAY): void {
  bytes.fill(0, NOW, STATE_END);
  f64s[NOW >> 3] = 100;
  for (const stage of STAGES) {
    i32s[streamOf(stage) >> 2] = streams[stage];
    f64s[lastRunOf(stage) >> 3] = 100 - ages[stage];
  }
  i32s[SHORT >> 2] = isShort ? 1 : 0;
  i32s[HANDLE >> 2] = array;
  i32s[(array - ARRAY_HEADER) >> 2] = 2 * ENTRIES;
  for (let entry = 0; entry < 2 * ENTRIES; entry++) f64s[(array >> 3) + entry] = 7 * entry;
}

const stateNow = () => bytes.slice(NOW, STATE_END);
/** What has to happen when an array has come to lie elsewhere. */
const forget = () => bytes.fill(0, ROOM.memos, ROOM.end);

const ENV = { memory, memo: tableFor };

/** A chain of the ways that the turn goes from these memories, and the turn itself. */
function compile(states: readonly State[]): { chain: () => number; model: () => number } {
  const turn = turnOf();
  encodeModule({ imports: [], functions: [turn], exports: {} });
  const [nodes, effects] = [new Nodes(), new EffectsFinder()];
  const recordings = recordingsWith(nodes, effects);
  const extent = { begin: ARRAY, end: ARRAY + 8 * 2 * ENTRIES, isTable: false };
  const layout = new Layout([extent], new Set(), new Set([HANDLE]), [], [HANDLE]);
  const steady = new SteadyWords(new Uint8Array(STATE_END));
  for (let look = 1; look < 5; look++)
    steady.compare(new Uint8Array(new Int32Array(STATE_END / 4).fill(look).buffer));
  let tree: PathTree | null = null;
  for (const one of states) {
    put(one);
    const image = new Image(bytes.slice().buffer, layout, steady);
    tree = withPath(tree, new Recorder(recordings, image).record(turn, 1), 8);
  }
  const callee: ImportCode = { name: 'memo', params: ['i32', 'f64'], result: 'i32', index: 0 };
  const needed = new ImpliedTests(nodes.amounts).without(new JoinedWays(nodes, 100).of(tree!));
  const code = new ChainCode(needed, nodes, effects, ROOM, { callee, range: { from: FROM, below: BELOW } });
  const chain = chainOf(code, { imports: [callee], functions: [] }, ENV);
  expect(code.fits).toBe(true);
  return {
    model: runOf({ imports: [], functions: [turn], exports: { run: turn } }, ENV),
    chain,
  };
}

beforeEach(() => {
  forget();
  calls = 0;
  besides = () => {};
});

it('draws from the tables that the ages ask for, turn after turn, and from none for those below 1', () => {
  let made = 0;
  const states = fc.array(state, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(states, fc.array(state, { minLength: 3 }), (known, more) => {
      const { chain, model } = compile(known);
      forget();
      for (const one of [...known, ...more]) {
        put(one);
        const before = stateNow();
        model();
        const after = stateNow();
        put(one);
        const isMade = chain() === 1;
        expect(stateNow()).toEqual(isMade ? after : before);
        if (isMade) made++;
      }
    }),
    { numRuns: 400 },
  );
  expect(made).toBeGreaterThan(1000);
});

const AGES = { ages: [4, 4, 30, 30], streams: [0, -1, 1 << 30, -5], isShort: false };

it('asks for a table only where the age has left the range of the one before', () => {
  const { chain } = compile([AGES]);
  put(AGES);
  expect(chain()).toBe(1);
  expect(calls).toBe(4);
  put({ ...AGES, ages: [6, 8, 35, 40] });
  expect(chain()).toBe(1);
  expect(calls).toBe(4);
  put({ ...AGES, ages: [30, 8, 35, 40] });
  expect(chain()).toBe(1);
  expect(calls).toBe(5);
});

it('finds its tables where they are after they have been moved', () => {
  const { chain, model } = compile([AGES]);
  put(AGES);
  expect(chain()).toBe(1);
  put(AGES, OTHER_ARRAY);
  forget();
  expect(chain()).toBe(1);
  const drawn = stateNow();
  put(AGES, OTHER_ARRAY);
  model();
  expect(drawn).toEqual(stateNow());
});

it('leaves a turn in which an array moves to the model', () => {
  const { chain } = compile([AGES]);
  put(AGES);
  const before = stateNow();
  besides = () => i32s[MOVES >> 2]++;
  expect(chain()).toBe(0);
  expect(stateNow()).toEqual(before);
});
