import { expect, it } from 'vitest';
import { type FunctionCode, get, i32, type Statement } from '../wasm/code.ts';
import { encodeModule } from '../wasm/encode.ts';
import { loopCode } from './loop-code.ts';

/** What is called for so many turns, if the chain makes those that `makes` says, and the machine ends after `last`. */
function run(turns: number, makes: (turn: number) => boolean, last = Number.POSITIVE_INFINITY) {
  const calls: string[] = [];
  let turn = 0;
  const made = () => {
    calls.push('chain');
    const isMade = turn < last && makes(turn);
    if (isMade) turn++;
    return Number(isMade);
  };
  const advance = (by: number) => {
    calls.push(`advance ${by}`);
    turn += by;
    return Number(turn <= last);
  };
  const imported = { name: 'made', params: [], result: 'i32' as const, index: 0 };
  const code = { name: 'advance', params: ['f64' as const], result: 'i32' as const, index: 0 };
  const result = { type: 'i32' as const, immutable: true, index: 0 };
  const body: Statement[] = [
    { op: 'call', callee: imported, operands: [], result, drops: false },
    { op: 'return', value: get(result) },
    { op: 'return', value: i32(0) },
  ];
  const chain: FunctionCode = { name: 'chain', index: 0, params: [], locals: [result], result: 'i32', body };
  const loop = loopCode(chain, code);
  const binary = encodeModule({ imports: [imported, code], functions: [chain, loop], exports: { loop } });
  const env = { memory: new WebAssembly.Memory({ initial: 1 }), made, advance };
  const instance = new WebAssembly.Instance(new WebAssembly.Module(binary), { env });
  const goesOn = (instance.exports.loop as (turns: number) => number)(turns);
  return { calls, goesOn, turn };
}

it('makes turn after turn by the chain, and others by the code for everything', () => {
  const { calls, goesOn, turn } = run(4, (at) => at !== 1);
  expect(calls).toEqual(['chain', 'chain', 'advance 1', 'chain', 'chain']);
  expect({ goesOn, turn }).toEqual({ goesOn: 1, turn: 4 });
});

it('leaves the chain alone for a while when it is always disturbed', () => {
  const { calls, turn } = run(200, () => false);
  expect(turn).toBe(200);
  expect(calls.filter((call) => call === 'chain').length).toBeLessThan(100);
  expect(calls).toContain('advance 64');
});

it('stops where the machine comes to its end', () => {
  expect(run(10, () => true, 3)).toMatchObject({ goesOn: 0, turn: 4 });
  expect(run(0, () => true)).toEqual({ calls: ['advance 0'], goesOn: 1, turn: 0 });
});
