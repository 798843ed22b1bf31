import { expect, it } from 'vitest';
import { f64, type Local, type Statement } from '../wasm/code.ts';
import { encodeModule } from '../wasm/encode.ts';
import { DoubleBuffer } from './double-buffer.ts';
import type { Room } from './room.ts';

const ROOM: Room = { words: 1024, scratch: 2048, copies: 4096, memos: 32_768, end: 36_000 };
const [NUMBER, BESIDE, FLAG, BESIDE_FLAG, COUNT] = [64, 72, 80, 84, 96];

/** Runs statements in the memory that they share with others, given the two copies. */
function running(fields: DoubleBuffer, turn: readonly Statement[]) {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const params: Local[] = [fields.from, fields.to];
  const code = { name: 'turn', index: 0, params, locals: [], result: null, body: turn };
  const { fetch, giveBack } = fields;
  const binary = encodeModule({
    imports: [],
    functions: [fetch, giveBack, code],
    exports: { fetch, giveBack, turn: code },
  });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(binary), { env: { memory } });
  const calls = exports as Record<'fetch' | 'giveBack' | 'turn', (...args: readonly number[]) => void>;
  return { calls, f64s: new Float64Array(memory.buffer), i32s: new Int32Array(memory.buffer) };
}

it('changes what it holds when it is given back, and nothing beside it', () => {
  const fields = new DoubleBuffer(
    ROOM,
    new Map([[NUMBER, 'f64'], [FLAG, 'i32'], ...[0, 4, 8, 12].map((at) => [COUNT + at, 'i32'] as const)]),
  );
  const [first, second] = fields.copies;
  const turn = [
    fields.store(NUMBER, f64(2.5)),
    fields.store(COUNT, { op: 'get', type: 'i32', local: fields.from }),
    ...fields.keepOthers(new Set([NUMBER, COUNT])),
  ];
  const { calls, f64s, i32s } = running(fields, turn);
  f64s[NUMBER / 8] = 1.5;
  i32s[FLAG / 4] = 7;
  i32s[(COUNT + 12) / 4] = 9;
  calls.fetch(first);
  calls.turn(first, second);
  f64s[BESIDE / 8] = 8.5;
  i32s[BESIDE_FLAG / 4] = 6;
  expect([f64s[NUMBER / 8], i32s[COUNT / 4]]).toEqual([1.5, 0]);
  calls.giveBack(first);
  expect([f64s[NUMBER / 8], f64s[BESIDE / 8], i32s[COUNT / 4]]).toEqual([1.5, 8.5, 0]);
  calls.giveBack(second);
  expect([f64s[NUMBER / 8], f64s[BESIDE / 8]]).toEqual([2.5, 8.5]);
  expect([i32s[FLAG / 4], i32s[BESIDE_FLAG / 4]]).toEqual([7, 6]);
  expect([i32s[COUNT / 4], i32s[(COUNT + 12) / 4]]).toEqual([first, 9]);
});

it('leaves fields where they are that it has no room for', () => {
  const many = Array.from({ length: 1000 }, (_, index) => [64 + 16 * index, 'f64'] as const);
  const fields = new DoubleBuffer(ROOM, new Map(many));
  expect([fields.has(64), fields.has(64 + 16 * 999)]).toEqual([true, false]);
  const spread = many.filter(([field]) => fields.has(field)).length;
  expect(16 * spread).toBe(fields.copies[1] - fields.copies[0]);
});
