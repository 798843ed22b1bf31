import { setFlagsFromString } from 'node:v8';

/**
 * Runs code that many different values pass through once. Node would begin to optimise it on all cores, only to throw
 * most of that away: measured, it takes half as long without.
 */
export function unoptimized<Result>(body: () => Result): Result {
  return withFlag('opt', false, body);
}

/**
 * A module whose code is optimised before it runs, by all cores at once. Else it would begin in code that is three
 * times as slow, while the same cores optimise it and run it: measured, the first block takes 30 % longer. Branches
 * that code marks as unlikely are put aside, by a proposal that Node knows but does not follow by itself.
 */
export function optimizedModule(binary: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  return withFlag('liftoff', false, () =>
    withFlag('wasm-lazy-compilation', false, () =>
      withFlag('experimental-wasm-branch-hinting', true, () => new WebAssembly.Module(binary)),
    ),
  );
}

function withFlag<Result>(flag: string, value: boolean, body: () => Result): Result {
  const set = (on: boolean) => setFlagsFromString(on ? `--${flag}` : `--no-${flag}`);
  set(value);
  try {
    return body();
  } finally {
    set(!value);
  }
}
