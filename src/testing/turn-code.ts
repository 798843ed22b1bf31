import { CallSites } from '../compiler/chains/call-sites.ts';
import type { ChainCode } from '../compiler/chains/chain-code.ts';
import type { EffectsFinder } from '../compiler/chains/effects.ts';
import { loopCode } from '../compiler/chains/loop-code.ts';
import type { Nodes } from '../compiler/chains/nodes.ts';
import type { Recordings } from '../compiler/chains/recorder.ts';
import type { ImportCode } from '../compiler/wasm/code.ts';
import { encodeModule, type ModuleCode } from '../compiler/wasm/encode.ts';

/** Compiles a module that exports `run`. */
export function runOf(code: ModuleCode, env: Record<string, WebAssembly.ImportValue>): () => number {
  const module = new WebAssembly.Module(encodeModule(code));
  return new WebAssembly.Instance(module, { env }).exports.run as () => number;
}

/** Makes one turn by a chain, if it can: 1, or else 0. `functions`: what the chain calls. */
export function chainOf(
  code: ChainCode,
  { imports, functions }: Pick<ModuleCode, 'imports' | 'functions'>,
  env: Record<string, WebAssembly.ImportValue>,
): () => number {
  const chain = code.write();
  const { room, words } = code.buffer;
  const advance: ImportCode = { name: 'advance', params: ['f64'], result: 'i32', index: 0 };
  const { fetch, giveBack } = code.fields;
  const run = loopCode(chain, advance, code.fields);
  const binary = encodeModule({
    imports: [...imports, advance],
    functions: [...functions, chain, fetch, giveBack, run],
    exports: { run },
    words: { begin: room.words, values: words },
  });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(binary), {
    env: { ...env, advance: () => 0 },
  });
  return () => (instance.exports.run as (turns: number) => number)(1);
}

/** For turns of which nothing is known ahead. */
export function recordingsWith(nodes: Nodes, effects: EffectsFinder): Recordings {
  return { nodes, effects, likely: null, seen: new CallSites(), assumed: new Set<number>() };
}
