import { CallSites } from '../compiler/chains/call-sites.ts';
import type { EffectsFinder } from '../compiler/chains/effects.ts';
import type { Nodes } from '../compiler/chains/nodes.ts';
import type { Recordings } from '../compiler/chains/recorder.ts';
import { encodeModule, type ModuleCode } from '../compiler/wasm/encode.ts';

/** Compiles a module that exports `run`. */
export function runOf(code: ModuleCode, env: Record<string, WebAssembly.ImportValue>): () => number {
  const module = new WebAssembly.Module(encodeModule(code));
  return new WebAssembly.Instance(module, { env }).exports.run as () => number;
}

/** For turns of which nothing is known ahead. */
export function recordingsWith(nodes: Nodes, effects: EffectsFinder): Recordings {
  return { nodes, effects, likely: null, seen: new CallSites(), assumed: new Set<number>() };
}
