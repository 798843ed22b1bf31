import { garbageCollector } from '../../io/garbage.ts';
import type { ChainsData } from '../program-data.ts';
import { optimizedModule } from '../v8-flags.ts';
import type { FunctionCode, ImportCode } from '../wasm/code.ts';
import { encodeModule } from '../wasm/encode.ts';
import { CallSites } from './call-sites.ts';
import { ChainCode } from './chain-code.ts';
import { EffectsFinder } from './effects.ts';
import { Image, SteadyWords } from './image.ts';
import { ImpliedTests } from './implied-tests.ts';
import type { Layout } from './layout.ts';
import { loopCode } from './loop-code.ts';
import { Nodes } from './nodes.ts';
import { callsOf, type Path, type PathTree, signatureOf, withPath } from './path-tree.ts';
import { Recorder, type Recordings } from './recorder.ts';
import type { Room } from './room.ts';
import type { ChainSource } from './source.ts';
import { Disturbed } from './turn.ts';

/** A machine in memory that is about to make many turns. */
export interface Studied {
  readonly layout: Layout;
  readonly room: Room;
  /** What the memory is at the moment. */
  bytes(): Uint8Array;
  /** Makes a turn; false after the last one. */
  turn(): boolean;
}

/** Turns that show which fields stay the same, where functions of few effects are called, and which ways turns go. */
const TURNS_COMPARED = 8;
const TURNS_TRIED = 100;
const TURNS_RECORDED = 100;
export const TURNS_STUDIED = TURNS_COMPARED + TURNS_TRIED + TURNS_RECORDED;
/** Recording leaves much garbage, by which the process would grow for good. */
const TURNS_UNTIL_COLLECTED = 25;
/** A way that fewer turns went is not worth its code, nor is the whole if fewer went one of the ways. */
const WORTHWHILE_TURNS = 5;
const WORTHWHILE_SHARE = 0.5;

/** Watches a machine for `TURNS_STUDIED` turns, and makes chains of what most of them do; null if they all differ. */
export function study(machine: Studied, source: ChainSource): ChainsData | null {
  const steady = new SteadyWords(machine.bytes().subarray(0, machine.room.words));
  for (let turn = 0; turn < TURNS_COMPARED; turn++) {
    if (!machine.turn()) return null;
    steady.compare(machine.bytes());
  }
  const [effects, seen, assumed] = [new EffectsFinder(), new CallSites(), new Set<number>()];
  const first = { nodes: new Nodes(), effects, likely: null, seen, assumed: new Set<number>() };
  const recordings = { nodes: new Nodes(), effects, likely: seen, seen: new CallSites(), assumed };
  if (pathsOf(machine, source, first, steady, TURNS_TRIED) === null) return null;
  const paths = pathsOf(machine, source, recordings, steady, TURNS_RECORDED);
  const tree = paths === null ? null : treeOf(paths);
  if (tree === null) return null;
  const needed = new ImpliedTests(recordings.nodes.amounts).without(tree);
  const module = chainModule(needed, recordings, machine.room, source);
  return module === null ? null : { module, assumed: wordsAt(assumed, machine.bytes()) };
}

interface Way {
  readonly path: Path;
  turns: number;
}

/** The ways that so many turns go, those left out that no chain can express; null if the machine comes to its end. */
function pathsOf(
  machine: Studied,
  { entry }: ChainSource,
  recordings: Recordings,
  steady: SteadyWords,
  turns: number,
): Map<string, Way> | null {
  const collect = garbageCollector();
  const ways = new Map<string, Way>();
  let copy = new Uint8Array(0);
  for (let turn = 0; turn < turns; turn++) {
    const bytes = machine.bytes();
    if (copy.length !== bytes.length) copy = new Uint8Array(bytes.length);
    copy.set(bytes);
    try {
      const image = new Image(copy.buffer, machine.layout, steady);
      const path = new Recorder(recordings, image).record(entry, 1);
      const signature = signatureOf(path);
      const way = ways.get(signature) ?? { path, turns: 0 };
      way.turns++;
      ways.set(signature, way);
    } catch (error) {
      if (!(error instanceof Disturbed)) throw error;
    }
    if (turn % TURNS_UNTIL_COLLECTED === 0) collect();
    if (!machine.turn()) return null;
  }
  return ways;
}

/** Null if too few turns go ways that steady go too. */
function treeOf(ways: ReadonlyMap<string, Way>): PathTree | null {
  let tree: PathTree | null = null;
  for (const { path, turns } of ways.values())
    if (turns >= WORTHWHILE_TURNS) tree = withPath(tree, path, turns);
  return tree === null || tree.turns < WORTHWHILE_SHARE * TURNS_RECORDED ? null : tree;
}

/** Null for more code than there is room for what it needs. */
function chainModule(
  tree: PathTree,
  { nodes, effects }: Recordings,
  room: Room,
  { memo }: ChainSource,
): WebAssembly.Module | null {
  const advance: ImportCode = { name: 'advance', params: ['f64'], result: 'i32', index: 0 };
  const callee: ImportCode = { name: 'memo', params: ['i32', 'f64'], result: 'i32', index: 0 };
  const code = new ChainCode(nodes, effects, room, { callee, range: memo });
  const chain = code.write(tree);
  if (!code.buffer.fits(nodes.memos.size) || (memo === null && nodes.memos.size > 0)) return null;
  const callees = new Set<FunctionCode>(callsOf(tree).map((call) => call.callee));
  const loop = loopCode(chain, advance);
  return optimizedModule(
    encodeModule({
      imports: memo === null ? [advance] : [advance, callee],
      functions: [...callees, chain, loop],
      exports: { advance: loop },
      words: { begin: room.words, values: code.buffer.words },
    }),
  );
}

/** Addresses and what is there, by turns. */
function wordsAt(addresses: ReadonlySet<number>, { buffer }: Uint8Array): Int32Array {
  const words = new Int32Array(buffer);
  return Int32Array.from([...addresses].flatMap((address) => [address, words[address >> 2]]));
}
