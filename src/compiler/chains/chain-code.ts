import {
  type FunctionCode,
  get,
  type ImportCode,
  i32,
  type Label,
  operate,
  type Statement,
} from '../wasm/code.ts';
import { Op } from '../wasm/opcodes.ts';
import { bufferedFields } from './buffered-fields.ts';
import { certainValues } from './certain-values.ts';
import { CodeBuffer, loadAt } from './code-buffer.ts';
import { DoubleBuffer } from './double-buffer.ts';
import { EarlyStores } from './early-stores.ts';
import type { EffectsFinder } from './effects.ts';
import { MemoCode } from './memo-code.ts';
import type { CallNode, Node } from './node.ts';
import type { Nodes } from './nodes.ts';
import { callsOf, endsOf, type PathTree, type Store, type TestTree, valuesAt } from './path-tree.ts';
import type { Room } from './room.ts';
import type { MemoRange } from './source.ts';
import { memoIn } from './table-places.ts';
import { ValueCode } from './value-code.ts';
import { VectorCode } from './vector-code.ts';

/** A way that so many times fewer turns go than the other stands apart from it. */
const RARE = 2;

export interface Memos {
  readonly callee: ImportCode;
  readonly range: MemoRange | null;
}

/**
 * Writes a tree of paths as a function of the two copies of a double buffer: 1 if the turn went one of these ways, else
 * 0, and nothing has happened. Numbers go to the other copy on the way, all else is stored after all tests.
 */
export class ChainCode {
  readonly buffer: CodeBuffer;
  readonly fields: DoubleBuffer;
  private readonly memos: MemoCode;
  private readonly values: ValueCode;
  private readonly vectors: VectorCode;
  private readonly early: EarlyStores;
  /** What is remembered, by the argument that decides on it: where a table begins rather than the memo itself. */
  private readonly memoOf = new Map<Node, Node>();
  private readonly disturbed: Label = { used: true };

  constructor(
    private readonly tree: PathTree,
    private readonly nodes: Nodes,
    private readonly effects: EffectsFinder,
    room: Room,
    { callee, range }: Memos,
  ) {
    this.buffer = new CodeBuffer(room);
    this.memos = new MemoCode(this.buffer, callee, range, this.disturbed);
    this.fields = new DoubleBuffer(room, bufferedFields(tree, nodes, effects));
    this.values = new ValueCode(this.buffer, nodes, this.memos, this.fields);
    this.vectors = new VectorCode(this.buffer, this.values, this.memos, this.fields);
    this.early = new EarlyStores(this.buffer, this.values, this.fields);
    this.values.onHeld = (node) => this.early.noteHeld(node);
    for (const node of nodes.all) {
      const memo = memoIn(node);
      if (memo !== null) this.memoOf.set(memo.operands[1], node);
    }
  }

  /** Whether there is room for all that the code needs. */
  get fits(): boolean {
    return this.buffer.fits(this.memos.count);
  }

  write(): FunctionCode {
    const { buffer, tree, fields } = this;
    this.count(tree);
    const ends = endsOf(tree).sort((one, other) => other.turns - one.turns);
    for (const { stores } of ends) this.early.add(this.buffered(stores).numbers);
    const changed = new Set(callsOf(tree).flatMap((call) => this.writesOf(call)));
    // Whatever the fields hold, eight bytes of each.
    const saved = [...changed].map((at) => [at, buffer.hold('f64', loadAt('f64', Op.f64Load, at))] as const);
    this.vectors.ahead(this.nodes, this.buffered(ends[0].stores).integers);
    const body = buffer.inList(() => this.follow(tree));
    buffer.out.push({ op: 'block', label: this.disturbed, body });
    for (const [address, local] of saved) buffer.store(Op.f64Store, i32(0), address, get(local));
    buffer.out.push({ op: 'return', value: i32(0) });
    const params = [fields.from, fields.to];
    return { name: 'chain', index: 0, params, locals: buffer.locals, result: 'i32', body: buffer.out };
  }

  private writesOf({ callee }: CallNode): readonly number[] {
    return this.effects.of(callee)!.writes;
  }

  private count(tree: PathTree | null): void {
    if (tree === null) return;
    for (const node of valuesAt(tree)) this.values.count(node);
    if (tree.kind === 'call') this.count(tree.next);
    if (tree.kind === 'test') for (const side of [tree.yes, tree.no]) this.count(side);
  }

  // --- tests -----------------------------------------------------------------------------------------------------

  private follow(from: PathTree | null): void {
    this.values.certain = certainValues(from);
    let tree = from;
    while (tree !== null && tree.kind !== 'end') {
      if (tree.kind === 'test') tree = this.decide(tree);
      else {
        this.call(tree.call);
        tree = tree.next;
      }
    }
    if (tree === null) this.buffer.out.push({ op: 'break', label: this.disturbed });
    // From here on each field is written for the last time.
    else this.values.quietly(() => this.leave(tree.stores));
  }

  /** The side on which it goes on; the other one is written. */
  private decide({ test, yes, no }: TestTree): PathTree | null {
    if (yes === null && no !== null && this.isLeftToMemo(test)) return no;
    const code = this.values.expression(test);
    const isYesRarer = (yes?.turns ?? 0) < (no?.turns ?? 0);
    const [often, rare] = isYesRarer ? [no!, yes] : [yes!, no];
    const aside = this.aside(rare);
    const isUnlikely = RARE * (rare?.turns ?? 0) < often.turns;
    const leaves = isYesRarer ? code : operate('i32', Op.i32Eqz, code);
    this.buffer.out.push({ op: 'if', test: leaves, yes: aside, no: [], isUnlikely });
    return often;
  }

  private aside(tree: PathTree | null): Statement[] {
    if (tree === null) return [{ op: 'break', label: this.disturbed }];
    return this.values.aside(() => this.follow(tree));
  }

  /** That an argument is not too small need be asked only when its memo is renewed. */
  private isLeftToMemo({ kind, opcodes, operands }: Node): boolean {
    if (kind !== 'operate' || opcodes[0] !== Op.f64Lt || operands[1].kind !== 'const') return false;
    const memo = this.memoOf.get(operands[0]);
    if (memo === undefined || this.values.isHeld(memo)) return false;
    this.values.remember(memo, operands[1].immediate);
    return true;
  }

  private call(call: CallNode): void {
    const test = this.values.expression(call.test);
    const operands = call.operands.map((operand) => this.values.expression(operand));
    for (const address of this.writesOf(call))
      for (const load of this.values.wantedLoadsOf(address))
        if (isBefore(load.after, call)) this.values.hold(load);
    const made: Statement = { op: 'call', callee: call.callee, operands, result: null, drops: false };
    this.buffer.rarely(test, [made]);
  }

  // --- stores ----------------------------------------------------------------------------------------------------

  private leave(stores: readonly Store[]): void {
    this.values.rememberAll(stores.flatMap(({ base, value }) => [base, value]));
    const { numbers, integers, inPlace } = this.buffered(stores);
    for (const store of numbers) this.early.write(store);
    this.vectors.store(integers);
    this.buffer.out.push(
      ...this.fields.keepOthers(new Set([...numbers, ...integers].map(({ offset }) => offset))),
    );
    for (const [index, { opcode, base, offset, value }] of inPlace.entries()) {
      const [place, code] = [this.values.expression(base), this.values.expression(value)];
      if (base.kind === 'const') this.holdLoads(offset, inPlace.slice(index + 1));
      this.buffer.store(opcode, place, offset, code);
    }
    this.buffer.out.push({ op: 'return', value: i32(1) });
  }

  private buffered(stores: readonly Store[]): Record<'numbers' | 'integers' | 'inPlace', Store[]> {
    const isBuffered = ({ base, offset }: Store) => base.kind === 'const' && this.fields.has(offset);
    const buffered = stores.filter(isBuffered);
    return {
      numbers: buffered.filter(({ opcode }) => opcode === Op.f64Store),
      integers: buffered.filter(({ opcode }) => opcode !== Op.f64Store),
      inPlace: stores.filter((store) => !isBuffered(store)),
    };
  }

  /** Reads a field that is about to be overwritten, if something later is made of it. */
  private holdLoads(address: number, later: readonly Store[]): void {
    for (const load of this.values.wantedLoadsOf(address)) {
      const nodes = later.flatMap(({ value, base }) => [value, base]);
      if (load.after === null && this.needs(nodes, load)) this.values.hold(load);
    }
  }

  private needs(nodes: readonly Node[], load: Node, seen = new Set<Node>()): boolean {
    return nodes.some((node) => {
      if (node === load) return true;
      if (seen.has(node) || this.values.isHeld(node)) return false;
      seen.add(node);
      return this.needs(node.operands, load, seen);
    });
  }
}

/** Whether what was read after a call, null for none, was read before another one. */
function isBefore(one: CallNode | null, call: CallNode): boolean {
  for (let before = call.before; ; before = before.before) {
    if (before === one) return true;
    if (before === null) return false;
  }
}
