import { garbageCollector } from '../../io/garbage.ts';
import type { ChainsData } from '../program-data.ts';
import { optimizedModule } from '../v8-flags.ts';
import type { FunctionCode, ImportCode } from '../wasm/code.ts';
import { encodeModule } from '../wasm/encode.ts';
import { CallSites } from './call-sites.ts';
import { ChainCode } from './chain-code.ts';
import { Disturbed } from './disturbed.ts';
import { EffectsFinder } from './effects.ts';
import { Image, SteadyWords } from './image.ts';
import { ImpliedTests } from './implied-tests.ts';
import { JoinedWays } from './joined-ways.ts';
import type { Layout } from './layout.ts';
import { loopCode } from './loop-code.ts';
import { Nodes } from './nodes.ts';
import { callsOf, type Path, type PathTree, signatureOf } from './path-tree.ts';
import { Recorder, type Recordings } from './recorder.ts';
import type { Room } from './room.ts';
import type { ChainSource } from './source.ts';
import { treeOf } from './usual-ways.ts';

/** When machines are looked at, and how often. */
export interface StudyPlan {
  /** Turns in which chains earn the time that they take to make. Measured: 1.2 million, on each of two threads 1.75. */
  readonly worth: number;
  /** Where so many turns are known to come, machines are looked at from this turn on; else after `worth` turns. */
  readonly settled: number;
  /** Between two looks; chains are to be good for all that a machine does in some fifty thousand. */
  readonly distance: number;
  /** Turns that show where functions of few effects are called, and then turns that show which ways turns go. */
  readonly tried: number;
  readonly recorded: number;
  /**
   * Where so many turns are known to come, those that the chains cannot make are looked at, one of so many, and chains
   * are made anew after so many looks. Measured: that takes a second, and saves up to 26 ns a turn.
   */
  readonly worthRefining: number;
  readonly every: number;
  readonly disturbed: number;
  /**
   * There are no chains of more code, which is no faster than the program for everything, and takes V8 seconds: 30 to
   * 55 kB are usual, in 80 ms at most; machines whose threads go from CPU to CPU came to 425 kB in 8 s.
   */
  readonly mostBytes: number;
}

export const STUDY_PLAN: StudyPlan = {
  worth: 1_500_000,
  settled: 2000,
  distance: 401,
  tried: 20,
  recorded: 100,
  worthRefining: 300_000_000,
  every: 15,
  disturbed: 80,
  mostBytes: 150_000,
};

/** Turns that show which fields hardly change. */
const TURNS_COMPARED = 16;
/** Recording leaves much garbage, by which the process would grow for good. */
const TURNS_UNTIL_COLLECTED = 25;

interface Way {
  readonly path: Path;
  /** Of turns in general, and of those that a chain could not make. */
  turns: number;
  disturbed: number;
}

/** Looks at machines of one kind now and then, and makes chains of what most of their turns do. */
export class Study {
  private readonly effects = new EffectsFinder();
  private readonly tried: Recordings;
  private readonly recorded: Recordings;
  private readonly ways = new Map<string, Way>();
  private readonly collect = garbageCollector();
  /** Constants that the recorded turns rely on, by address: other machines have others. */
  private readonly assumed = new Map<number, number>();
  private steady: SteadyWords | null = null;
  private copy = new Uint8Array(0);
  private turns = 0;
  private disturbed = 0;

  constructor(
    private readonly source: ChainSource,
    private readonly room: Room,
    private readonly plan: StudyPlan,
  ) {
    const { effects } = this;
    const [seen, assumed] = [new CallSites(), new Set<number>()];
    this.tried = { nodes: new Nodes(), effects, likely: null, seen, assumed: new Set<number>() };
    this.recorded = { nodes: new Nodes(), effects, likely: seen, seen: new CallSites(), assumed };
  }

  /**
   * Looks at the memory of a machine that is about to make a turn. Whether it has seen enough: of a machine that is not
   * like those before, one look is.
   */
  look(layout: Layout, bytes: Uint8Array): boolean {
    if (!this.isAlike(bytes)) {
      this.ways.clear();
      return true;
    }
    this.steady ??= new SteadyWords(bytes.subarray(0, this.room.words));
    if (++this.turns <= TURNS_COMPARED) {
      this.steady.compare(bytes);
      return false;
    }
    const { tried, recorded } = this.plan;
    if (this.turns <= TURNS_COMPARED + tried) this.record(this.tried, layout, bytes);
    else this.note(this.record(this.recorded, layout, bytes), false);
    if (this.turns % TURNS_UNTIL_COLLECTED === 0) this.collect();
    return this.turns === TURNS_COMPARED + tried + recorded;
  }

  /** The same before a turn that the chains so far cannot make. */
  lookAtDisturbed(layout: Layout, bytes: Uint8Array): boolean {
    if (!this.isAlike(bytes)) return true;
    this.note(this.record(this.recorded, layout, bytes), true);
    if (++this.disturbed % TURNS_UNTIL_COLLECTED === 0) this.collect();
    return this.disturbed === this.plan.disturbed;
  }

  private isAlike({ buffer }: Uint8Array): boolean {
    const words = new Int32Array(buffer);
    return [...this.assumed].every(([address, word]) => words[address >> 2] === word);
  }

  /** Null for a turn that cannot be made into a path. */
  private record(recordings: Recordings, layout: Layout, bytes: Uint8Array): Path | null {
    if (this.copy.length !== bytes.length) this.copy = new Uint8Array(bytes.length);
    this.copy.set(bytes);
    try {
      const image = new Image(this.copy.buffer, layout, this.steady!);
      const path = new Recorder(recordings, image).record(this.source.entry, 1);
      if (recordings === this.recorded) this.noteAssumed(bytes);
      return path;
    } catch (error) {
      if (!(error instanceof Disturbed)) throw error;
      return null;
    }
  }

  private note(path: Path | null, isDisturbed: boolean): void {
    if (path === null) return;
    const signature = signatureOf(path);
    const way = this.ways.get(signature) ?? { path, turns: 0, disturbed: 0 };
    this.ways.set(signature, way);
    if (isDisturbed) way.disturbed++;
    else way.turns++;
  }

  private noteAssumed({ buffer }: Uint8Array): void {
    const words = new Int32Array(buffer);
    for (const address of this.recorded.assumed) this.assumed.set(address, words[address >> 2]);
  }

  /** Null if the turns differ too much. `share`: of turns that the chains so far cannot make; 1 if there are none. */
  chains(share: number): ChainsData | null {
    const { nodes } = this.recorded;
    const { recorded } = this.plan;
    // A turn that was disturbed counts once; so many would have been seen in general until then.
    const weight = this.disturbed === 0 ? 1 : this.disturbed / (share * recorded);
    const turns = weight * recorded + this.disturbed;
    const ways = [...this.ways.values()].map((way) => ({
      path: way.path,
      turns: weight * way.turns + way.disturbed,
    }));
    const tree = treeOf(ways, turns, new JoinedWays(nodes, turns));
    if (tree === null) return null;
    const needed = new ImpliedTests(nodes.amounts).without(tree);
    const binary = chainBinary(needed, this.recorded, this.room, this.source);
    if (binary === null || binary.length > this.plan.mostBytes) return null;
    return { module: optimizedModule(binary), assumed: Int32Array.from([...this.assumed].flat()) };
  }
}

/** Null for more code than there is room for what it needs. */
function chainBinary(
  tree: PathTree,
  { nodes, effects }: Recordings,
  room: Room,
  { memo }: ChainSource,
): Uint8Array<ArrayBuffer> | null {
  const advance: ImportCode = { name: 'advance', params: ['f64'], result: 'i32', index: 0 };
  const callee: ImportCode = { name: 'memo', params: ['i32', 'f64'], result: 'i32', index: 0 };
  const code = new ChainCode(tree, nodes, effects, room, { callee, range: memo });
  const chain = code.write();
  if (!code.fits || (memo === null && nodes.memos.size > 0)) return null;
  const callees = new Set<FunctionCode>(callsOf(tree).map((call) => call.callee));
  const loop = loopCode(chain, advance, code.fields);
  return encodeModule({
    imports: memo === null ? [advance] : [advance, callee],
    functions: [...callees, chain, code.fields.fetch, code.fields.giveBack, loop],
    exports: { advance: loop },
    memoryBytes: room.end,
    words: { begin: room.words, values: code.buffer.words },
  });
}
