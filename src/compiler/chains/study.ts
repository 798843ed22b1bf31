import type { Program } from '../program.ts';
import { type ChainsData, MEMO_PLACES } from '../program-data.ts';
import { optimizedModule } from '../v8-flags.ts';
import { type Expression, f64, type FunctionCode, get, type ImportCode, i32, type Label, operate, type Statement } from '../wasm/code.ts';
import { encodeModule } from '../wasm/encode.ts';
import { Op } from '../wasm/opcodes.ts';
import type { ChainSource } from './chain-source.ts';
import { Effects } from './effects.ts';
import { ChainEmitter } from './emitter.ts';
import { withoutImplied } from './facts.ts';
import { Image } from './image.ts';
import type { CallNode } from './nodes.ts';
import { Nodes } from './nodes.ts';
import { type Path, type PathTree, signatureOf, withPath } from './path-tree.ts';
import { Disturbed, Recorder } from './recorder.ts';

const SNAPSHOTS = 8;

/** Watches a machine for some turns, and makes chains for what most of them do. */
export function study(program: Program, source: ChainSource, turns: number): ChainsData | null {
  const snapshots = Array.from({ length: SNAPSHOTS }, () => {
    const words = new Int32Array(program.image(program.data.size));
    program.run(1);
    return words;
  });
  const layout = program.layout(source);
  const assumed = new Set<number>();
  let nodes = new Nodes();
  const effects = new Effects();
  let paths = new Map<string, { path: Path; count: number }>();
  const seen = new Set<number>();
  let lost = 0;
  const images: ArrayBuffer[] = [];
  for (let turn = 0; turn < turns; turn++) {
    images.push(program.image());
    program.run(1);
  }
  for (const made of [null, seen]) {
    paths = new Map();
    nodes = new Nodes();
    if (process.env.DBG) console.error('pass', performance.now());
    lost = 0;
    for (const buffer of images) {
      const image = new Image(buffer.slice(0), layout, snapshots, assumed);
      try {
        const path = new Recorder(nodes, image, effects, made, made === null ? seen : new Set()).record(source.entry, 1);
        const signature = signatureOf(path);
        const known = paths.get(signature);
        paths.set(signature, { path, count: (known?.count ?? 0) + 1 });
      } catch (error) {
        if (!(error instanceof Disturbed)) throw error;
        if (process.env.DBG) console.error(error.message);
        lost++;
      }
    }
  }
  if (process.env.DBG) console.error('sites', [...seen].join(), performance.now());
  if (process.env.DBG) console.error([...paths.values()].map(({ count, path }) => `${count}x${path.steps.length}`).join(' '), 'lost', lost, 'nodes', nodes.all.length, nodes.memos);
  if (process.env.DBG) {
    const [first, ...rest] = [...paths.values()].sort((a, b) => b.count - a.count);
    for (const other of rest) {
      const at = first.path.steps.findIndex((step, index) => { const o = other.path.steps[index]; return step.kind === 'test' ? o.kind !== 'test' || o.test !== step.test || o.outcome !== step.outcome : o.kind !== 'call' || o.call !== step.call; });
      const step = first.path.steps[at];
      console.error(other.count, at, step.kind === 'test' ? show(step.test) + ' ' + step.outcome : 'call', '|', other.path.steps[at].kind === 'test' ? show((other.path.steps[at] as any).test) : 'call');
    }
  }
  const often = [...paths.values()].filter(({ count }) => count > Math.max(1, 0.02 * turns));
  if (process.env.SHOW) {
    const { steps, stores } = often[0].path;
    for (const step of steps) console.error(step.kind === 'call' ? `CALL ${step.call.callee.name} if ${show(step.call.test)}` : `${step.outcome} ${show(step.test)}`);
    for (const s of stores) console.error(`STORE ${s.opcode.toString(16)} [${show(s.base)}+${s.offset}] = ${show(s.value)}`);
  }
  let tree: PathTree | null = null;
  for (const { path } of often.sort((one, other) => other.count - one.count)) tree = withPath(tree, path);
  (globalThis as any).STUDY = { nodes, tree, layout, snapshots, assumed, effects, seen, source, Image, Recorder, show };
  tree = withoutImplied(tree, nodes.amounts);
  if (tree === null || nodes.memos > MEMO_PLACES) return null;
  return { module: moduleOf(program, source, tree, nodes, effects), assumed: program.words(assumed) };
}

function moduleOf(program: Program, source: ChainSource, tree: PathTree, nodes: Nodes, effects: Effects) {
  const advance: ImportCode = { name: 'advance', params: ['f64'], result: 'i32', index: 0 };
  const memo: ImportCode = { name: 'memo', params: ['i32', 'f64'], result: 'i32', index: 0 };
  const plan = source.memo === null ? null : { function: memo, begin: program.data.memos, youngest: source.memo.from, oldest: source.memo.below, moves: program.data.moves };
  const emitter = new ChainEmitter(plan, nodes, program.data.numbers, program.data.scratch, (callee) => effects.of(callee)!.writes);
  const chain = emitter.emit(tree);
  const callees = new Set<FunctionCode>();
  collect(tree, callees);
  const loop = loopOf(chain, advance);
  const binary = encodeModule({ imports: source.memo === null ? [advance] : [advance, memo], functions: [...callees, chain, loop], exports: { advance: loop, turn: chain }, words: { begin: program.data.numbers, values: emitter.words } });
  if (process.env.DBG) console.error('binary', binary.length);
  return optimizedModule(binary);
}

function collect(tree: PathTree | null, callees: Set<FunctionCode>): void {
  for (let at = tree; at !== null && at.kind !== 'end'; ) {
    if (at.kind === 'call') {
      callees.add((at.call as CallNode).callee);
      at = at.next;
    } else {
      if (at.yes !== null) collect(at.no, callees);
      at = at.yes ?? at.no;
    }
  }
}

/** Turn after turn by the chain, and those that it cannot make by the code that can do everything. */
function loopOf(chain: FunctionCode, advance: ImportCode): FunctionCode {
  const left = { type: 'f64' as const, immutable: false, index: 0 };
  const made = { type: 'i32' as const, immutable: false, index: 0 };
  const head: Label = { used: true };
  const call = (callee: FunctionCode | ImportCode, operands: Expression[]): Statement => ({ op: 'call', callee, operands, result: made, drops: false });
  const isMore = operate('i32', Op.f64Ge, get(left), f64(1));
  const body: Statement[] = [
    { op: 'if', test: operate('i32', Op.i32Eqz, isMore), yes: [call(advance, [get(left)]), { op: 'return', value: get(made) }], no: [] },
    { op: 'loop', label: head, body: [
      call(chain, []),
      { op: 'if', test: operate('i32', Op.i32Eqz, get(made)), yes: [
        call(advance, [f64(1)]),
        { op: 'if', test: operate('i32', Op.i32Eqz, get(made)), yes: [{ op: 'return', value: i32(0) }], no: [] },
      ], no: [] },
      { op: 'set', local: left, value: operate('f64', Op.f64Sub, get(left), f64(1)) },
      { op: 'if', test: isMore, yes: [{ op: 'break', label: head }], no: [] },
    ] },
    { op: 'return', value: i32(1) },
  ];
  return { name: 'advance', index: 0, params: [left], locals: [made], result: 'i32', body };
}

export function show(node: any, depth = 4): string {
  if (node.kind === 'const') return String(node.immediate);
  if (depth === 0) return '…';
  const name = Object.entries(Op).find(([, code]) => code === node.opcodes[0])?.[0] ?? '';
  const inner = node.operands.map((one: any) => show(one, depth - 1)).join(', ');
  return node.kind === 'load' ? `[${inner}+${node.immediate}${node.after ? '\'' : ''}]` : `${node.kind === 'operate' ? name : node.kind}(${inner})`;
}
