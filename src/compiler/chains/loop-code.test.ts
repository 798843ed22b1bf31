import { expect, it } from 'vitest';
import { type FunctionCode, get, type ImportCode, type Local, type WasmType } from '../wasm/code.ts';
import { encodeModule } from '../wasm/encode.ts';
import { loopCode } from './loop-code.ts';

const [FIRST, SECOND] = [64, 128];

const imported = (name: string, params: readonly WasmType[], result: 'i32' | null): ImportCode => {
  return { name, params, result, index: 0 };
};

/** Code that calls an import with all that it is given. */
function calling(callee: ImportCode): FunctionCode {
  const params = callee.params.map((type): Local => ({ type, immutable: true, index: 0 }));
  const result: Local | null =
    callee.result === null ? null : { type: callee.result, immutable: true, index: 0 };
  return {
    ...{
      name: callee.name,
      index: 0,
      params,
      locals: result === null ? [] : [result],
      result: callee.result,
    },
    body: [
      { op: 'call', callee, operands: params.map(get), result, drops: false },
      { op: 'return', value: result === null ? null : get(result) },
      { op: 'unreachable' },
    ],
  };
}

/** What is called for so many turns, if the chain makes those that `makes` says, and the machine ends after `last`. */
function run(turns: number, makes: (turn: number) => boolean, last = Number.POSITIVE_INFINITY) {
  const calls: string[] = [];
  let turn = 0;
  const env = {
    memory: new WebAssembly.Memory({ initial: 1 }),
    chain: (from: number, to: number) => {
      calls.push(`chain ${from} ${to}`);
      const isMade = turn < last && makes(turn);
      if (isMade) turn++;
      return Number(isMade);
    },
    advance: (by: number) => {
      calls.push(`advance ${by}`);
      turn += by;
      return Number(turn <= last);
    },
    fetch: (copy: number) => calls.push(`fetch ${copy}`),
    giveBack: (copy: number) => calls.push(`give back ${copy}`),
  };
  const imports = [
    imported('chain', ['i32', 'i32'], 'i32'),
    imported('fetch', ['i32'], null),
    imported('giveBack', ['i32'], null),
    imported('advance', ['f64'], 'i32'),
  ];
  const [chain, fetch, giveBack] = imports.map(calling);
  const loop = loopCode(chain, imports[3], { copies: [FIRST, SECOND], fetch, giveBack });
  const binary = encodeModule({ imports, functions: [chain, fetch, giveBack, loop], exports: { loop } });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(binary), { env });
  const goesOn = (instance.exports.loop as (turns: number) => number)(turns);
  return { calls, goesOn, turn };
}

it('makes turn after turn by the chain, and others by the code for everything', () => {
  const { calls, goesOn, turn } = run(4, (at) => at !== 2);
  expect(calls).toEqual([
    ...[`fetch ${FIRST}`, `chain ${FIRST} ${SECOND}`, `chain ${SECOND} ${FIRST}`],
    ...[`chain ${FIRST} ${SECOND}`, `give back ${FIRST}`, 'advance 1', `fetch ${FIRST}`],
    ...[`chain ${FIRST} ${SECOND}`, `give back ${SECOND}`],
  ]);
  expect({ goesOn, turn }).toEqual({ goesOn: 1, turn: 4 });
});

it('leaves the chain alone for a while when it is always disturbed', () => {
  const { calls, turn } = run(200, () => false);
  expect(turn).toBe(200);
  expect(calls.filter((call) => call.startsWith('chain')).length).toBeLessThan(100);
  expect(calls).toContain('advance 64');
});

it('stops where the machine comes to its end, and leaves its fields where they belong', () => {
  const { calls, goesOn, turn } = run(10, () => true, 3);
  expect({ goesOn, turn }).toEqual({ goesOn: 0, turn: 4 });
  expect(calls.slice(-2)).toEqual([`give back ${SECOND}`, 'advance 1']);
  expect(run(0, () => true)).toEqual({ calls: ['advance 0'], goesOn: 1, turn: 0 });
});
