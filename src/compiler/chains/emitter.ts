import {
  type Expression,
  f64,
  type FunctionCode,
  get,
  type ImportCode,
  i32,
  type Label,
  type Local,
  operate,
  type Statement,
  type WasmType,
} from '../wasm/code.ts';
import { Op, Vector, VECTOR_OPERATIONS } from '../wasm/opcodes.ts';
import type { CallNode, Node, Nodes } from './nodes.ts';
import type { PathTree, Store } from './path-tree.ts';
import { anchorOf, isShift, LANE_BYTES, LANES, type Pack, packsOf, VECTOR_BYTES } from './vectors.ts';

/** Where a chain remembers the values of a function, and whom it asks for others. */
export interface MemoPlan {
  readonly function: ImportCode;
  /** Addresses of the first memo, and bytes of each: the value, and the arguments that it holds for. */
  readonly begin: number;
  /** Where the object that is the function's first argument has the range that the value holds for. */
  readonly youngest: number;
  readonly oldest: number;
  /** Counts the arrays that have been moved. */
  readonly moves: number;
}
export const MEMO_BYTES = 24;

/** Writes a tree of paths as a function: 1 if the turn went one of these ways, else 0, and nothing has happened. */
export class ChainEmitter {
  private readonly locals: Local[] = [];
  private out: Statement[] = [];
  private held = new Map<Node, Local>();
  private readonly uses: Uint32Array;
  private readonly disturbed: Label = { used: true };
  private readonly loads = new Map<string, Node[]>();
  /** Values that were computed with others, by where they are in memory. */
  private readonly packed = new Map<Node, number>();
  private readonly vectors = new Map<number, Local>();
  private readonly memoOf = new Map<Node, Node>();
  /** Constants that code loads from memory, which is shorter than to have them in the code. */
  readonly words: number[] = [];
  /** Uses that have been written so far. */
  private written = new Uint32Array(0);

  constructor(
    private readonly memo: MemoPlan | null,
    private readonly nodes: Nodes,
    private readonly wordsBegin: number,
    private readonly scratchBegin: number,
    private readonly writesOf: (callee: FunctionCode) => readonly number[],
  ) {
    this.uses = new Uint32Array(nodes.all.length);
    for (const node of nodes.all) if (node.kind === 'memo') this.memoOf.set(node.operands[1], node);
    for (const node of nodes.all) {
      if (node.kind !== 'load' || node.operands[0].kind !== 'const') continue;
      const list = this.loads.get(`${node.immediate}`) ?? [];
      list.push(node);
      this.loads.set(`${node.immediate}`, list);
    }
  }

  emit(tree: PathTree): FunctionCode {
    this.countTree(tree);
    this.written = new Uint32Array(this.uses.length);
    const kept = [...new Set(callsOf(tree).flatMap(({ callee }) => this.writesOf(callee)))];
    const saved = kept.map((address) => this.save(address));
    this.packAhead();
    const body = this.inList(() => this.tree(tree));
    this.out.push({ op: 'block', label: this.disturbed, body });
    for (const [address, local] of saved) this.store(Op.f64Store, i32(0), address, get(local));
    this.out.push({ op: 'return', value: i32(0) });
    return { name: 'chain', index: 0, params: [], locals: this.locals, result: 'i32', body: this.out };
  }

  /** Whatever a field holds, eight bytes of it. */
  private save(address: number): [number, Local] {
    const local = this.newLocal('f64');
    this.set(local, { op: 'load', type: 'f64', opcode: Op.f64Load, base: i32(0), offset: address });
    return [address, local];
  }

  // --- uses ------------------------------------------------------------------------------------------------------

  private countTree(tree: PathTree | null): void {
    if (tree === null) return;
    if (tree.kind === 'test') {
      this.count(tree.test);
      this.countTree(tree.yes);
      this.countTree(tree.no);
    } else if (tree.kind === 'call') {
      for (const node of [tree.call.test, ...tree.call.operands]) this.count(node);
      this.countTree(tree.next);
    } else {
      for (const { base, value } of tree.stores) for (const node of [base, value]) this.count(node);
    }
  }

  private count(node: Node): void {
    if (this.uses[node.number]++ > 0) return;
    for (const operand of node.operands) this.count(operand);
  }

  // --- four at once ----------------------------------------------------------------------------------------------

  /** Computes integers that are made of fields alone, four at once, before all else. */
  private packAhead(): void {
    const candidates = this.nodes.all.flatMap((node) => {
      if (this.uses[node.number] === 0 || anchorOf(node) !== null) return [];
      return node.operands.flatMap((value) => {
        const anchor = anchorOf(value);
        return anchor === null ? [] : [{ item: value, value, anchor }];
      });
    });
    for (const [index, pack] of packsOf(candidates).entries()) {
      const place = this.scratchBegin + VECTOR_BYTES * index;
      const { lane, item } = first(pack);
      this.store(Vector.store, i32(0), place, this.vector(item, lane, new Map()));
      for (const [at, value] of pack.lanes.entries())
        if (value !== null) this.packed.set(value, place + LANE_BYTES * at);
    }
  }

  /** The value of all lanes, told by that of one of them. */
  private vector(node: Node, lane: number, held: Map<Node, Local>): Expression {
    const known = held.get(node);
    if (known !== undefined) return get(known);
    if (node.kind === 'const') return this.splat(node.immediate);
    if (node.kind === 'load') return this.vectorAt(node.immediate - LANE_BYTES * lane);
    const [one, other] = node.operands;
    const left = this.vector(one, lane, held);
    const right = isShift(node.opcodes[0]) ? i32(other.immediate) : this.vector(other, lane, held);
    const code = operate('v128', VECTOR_OPERATIONS[node.opcodes[0]], left, right);
    if (this.uses[node.number] < 2) return code;
    const local = this.newLocal('v128');
    this.set(local, code);
    held.set(node, local);
    return get(local);
  }

  private vectorAt(address: number): Expression {
    const local = this.vectors.get(address);
    return local === undefined ? loadVector(address) : get(local);
  }

  private splat(value: number): Expression {
    return loadVector(this.constants(new Array(LANES).fill(value)));
  }

  /** Address of words that code needs, on a boundary of as many. */
  private constants(words: readonly number[]): number {
    const size = words.length;
    let index = 0;
    while (index < this.words.length && !words.every((word, at) => this.words[index + at] === word)) index += size;
    while (this.words.length < index) this.words.push(0);
    for (const [at, word] of words.entries()) this.words[index + at] = word;
    return this.wordsBegin + 4 * index;
  }

  /** Stores of one shape, four at once; those that are left. */
  private commitPacks(stores: readonly Store[]): Store[] {
    const candidates = stores
      .filter(({ opcode, base }) => opcode === Op.i32Store && base.kind === 'const')
      .filter(({ value }) => value.kind === 'operate')
      .map((store) => ({ item: store, value: store.value, anchor: store.offset }));
    const packs = packsOf(candidates);
    const done = new Set(packs.flatMap(({ lanes }) => lanes));
    const left = stores.filter((store) => !done.has(store));
    packs.forEach((pack, index) => {
      const { lane, item } = first(pack);
      const value = this.vector(item.value, lane, new Map());
      for (const later of packs.slice(index + 1)) this.holdVectors(pack.begin, later);
      for (const store of pack.lanes) if (store !== null) this.holdLoads(store.offset, left);
      this.store(Vector.store, i32(0), pack.begin, this.masked(pack, value));
    });
    this.vectors.clear();
    return left;
  }

  /** Other lanes stay what they are. */
  private masked({ begin, lanes }: Pack<Store>, value: Expression): Expression {
    if (!lanes.includes(null)) return value;
    const mask = loadVector(this.constants(lanes.map((lane) => (lane === null ? 0 : -1))));
    return operate('v128', Vector.select, value, this.vectorAt(begin), mask);
  }

  /** Reads what is about to be overwritten, if another pack needs it. */
  private holdVectors(address: number, pack: Pack<Store>): void {
    const { lane, item } = first(pack);
    const needs = (node: Node): boolean =>
      node.kind === 'load' ? node.immediate - LANE_BYTES * lane === address : node.operands.some(needs);
    if (this.vectors.has(address) || !(pack.begin === address || needs(item.value))) return;
    const local = this.newLocal('v128');
    this.set(local, loadVector(address));
    this.vectors.set(address, local);
  }

  // --- the tree --------------------------------------------------------------------------------------------------

  private tree(from: PathTree | null): void {
    for (let tree = from; ; ) {
      if (tree === null) {
        this.out.push({ op: 'break', label: this.disturbed });
        return;
      }
      if (tree.kind === 'end') {
        this.commit(tree.stores);
        return;
      }
      tree = tree.kind === 'call' ? this.keepCall(tree.call, tree.next) : this.decide(tree);
    }
  }

  private decide({ test, yes, no }: PathTree & { kind: 'test' }): PathTree | null {
    if (yes === null && no !== null && this.isFloor(test)) return no;
    const code = this.expression(test);
    if (yes !== null && no !== null) {
      const { held, written } = this;
      this.held = new Map(held);
      this.written = written.slice();
      const other = this.inList(() => this.tree(no));
      this.held = held;
      this.written = written;
      this.out.push({ op: 'if', test: operate('i32', Op.i32Eqz, code), yes: other, no: [] });
      return yes;
    }
    const left: Statement[] = [{ op: 'break', label: this.disturbed }];
    this.out.push({ op: 'if', test: yes === null ? code : operate('i32', Op.i32Eqz, code), yes: left, no: [], isUnlikely: true });
    return yes ?? no;
  }

  /** A test that an argument is not too small, which can be left to the memo of what it is the argument of. */
  private isFloor({ kind, opcodes, operands }: Node): boolean {
    if (kind !== 'operate' || opcodes[0] !== Op.f64Lt || operands[1].kind !== 'const') return false;
    const memo = this.memoOf.get(operands[0]);
    if (memo === undefined || this.held.has(memo)) return false;
    this.remember(memo, operands[1].immediate);
    return true;
  }

  private keepCall(call: CallNode, next: PathTree | null): PathTree | null {
    const test = this.expression(call.test);
    const operands = call.operands.map((operand) => this.expression(operand));
    for (const address of this.writesOf(call.callee))
      for (const load of this.loads.get(`${address}`) ?? [])
        if (this.isWanted(load) && isBefore(load.after, call)) this.hold(load);
    this.out.push({
      op: 'if',
      test,
      yes: [{ op: 'call', callee: call.callee, operands, result: null, drops: false }],
      no: [],
      isUnlikely: true,
    });
    return next;
  }

  private isWanted({ number }: Node): boolean {
    return this.uses[number] > this.written[number];
  }

  // --- what a turn leaves ----------------------------------------------------------------------------------------

  private commit(stores: readonly Store[]): void {
    const left = this.commitPacks(stores);
    left.forEach((store, index) => {
      const value = this.expression(store.value);
      const base = this.expression(store.base);
      const later = left.slice(index + 1);
      if (store.base.kind === 'const') this.holdLoads(store.offset, later);
      this.store(store.opcode, base, store.offset, value);
    });
    this.out.push({ op: 'return', value: i32(1) });
  }

  /** Reads a field that is about to be overwritten, if a later value is made of it. */
  private holdLoads(address: number, later: readonly Store[]): void {
    for (const load of this.loads.get(`${address}`) ?? []) {
      if (this.uses[load.number] === 0 || this.held.has(load) || load.after !== null) continue;
      if (later.some(({ value, base }) => this.needs(value, load) || this.needs(base, load))) this.hold(load);
    }
  }

  private needs(node: Node, load: Node): boolean {
    if (node === load) return true;
    if (node.kind === 'const' || this.held.has(node) || this.packed.has(node)) return false;
    return node.operands.some((operand) => this.needs(operand, load));
  }

  // --- values ----------------------------------------------------------------------------------------------------

  private expression(node: Node): Expression {
    this.written[node.number]++;
    const held = this.held.get(node);
    if (held !== undefined) return get(held);
    const packed = this.packed.get(node);
    if (packed !== undefined) return { op: 'load', type: 'i32', opcode: Op.i32Load, base: i32(0), offset: packed };
    if (node.kind === 'const') return node.type === 'i32' ? i32(node.immediate) : this.number(node.immediate);
    if (node.kind === 'memo') return get(this.remember(node));
    const isWorthHolding = this.uses[node.number] > 1 && (node.kind !== 'load' || node.operands[0].kind !== 'const');
    return isWorthHolding ? get(this.hold(node)) : this.made(node);
  }

  private number(value: number): Expression {
    if (value === 0) return f64(value);
    const offset = this.constants([...new Int32Array(Float64Array.of(value).buffer)]);
    return { op: 'load', type: 'f64', opcode: Op.f64Load, base: i32(0), offset };
  }

  private hold(node: Node): Local {
    const held = this.held.get(node);
    if (held !== undefined) return held;
    if (node.kind === 'memo') return this.remember(node);
    const code = this.made(node);
    const local = this.newLocal(node.type);
    this.set(local, code);
    this.held.set(node, local);
    return local;
  }

  private made({ kind, type, opcodes, operands, immediate }: Node): Expression {
    const [first, ...others] = operands.map((operand) => this.expression(operand));
    switch (kind) {
      case 'load':
        return { op: 'load', type, opcode: opcodes[0], base: first, offset: immediate };
      case 'operate':
        // What is in memory had better stand behind: the CPU adds it from there.
        if (others.length === 1 && first.op === 'load' && others[0].op !== 'load' && isSymmetric(opcodes[0]))
          return operate(type, opcodes, others[0], first);
        return operate(type, opcodes, first, ...others);
      case 'choose':
        return { op: 'choose', type, test: first, yes: others[0], no: others[1] };
      default:
        throw new Error(`no expression for ${kind}`);
    }
  }

  /** `floor`: what the argument must not be below. */
  private remember(node: Node, floor = 0): Local {
    const { function: callee, begin, youngest, oldest, moves } = this.memo!;
    const [object, argument] = node.operands;
    const place = begin + MEMO_BYTES * node.immediate;
    const value = get(this.hold(argument));
    const address = object.immediate;
    const load = (offset: number): Expression => ({ op: 'load', type: 'f64', opcode: Op.f64Load, base: i32(0), offset });
    const integer = (offset: number): Expression => ({ op: 'load', type: 'i32', opcode: Op.i32Load, base: i32(0), offset });
    const store = (opcode: number, offset: number, what: Expression): Statement => ({ op: 'store', opcode, base: i32(0), offset, value: what });
    const local = this.newLocal('i32');
    const before = this.newLocal('i32');
    const known: Label = { used: true };
    const unknown: Label = { used: true };
    const leave = (label: Label): Statement[] => [{ op: 'break', label }];
    this.out.push({
      op: 'block',
      label: known,
      body: [
        {
          op: 'block',
          label: unknown,
          body: [
            { op: 'if', test: operate('i32', Op.f64Lt, value, load(place + 8)), yes: leave(unknown), no: [], isUnlikely: true },
            { op: 'if', test: operate('i32', Op.f64Ge, value, load(place + 16)), yes: leave(unknown), no: [], isUnlikely: true },
            { op: 'break', label: known },
          ],
        },
        { op: 'if', test: operate('i32', Op.f64Lt, value, f64(floor)), yes: leave(this.disturbed), no: [], isUnlikely: true },
        { op: 'set', local: before, value: integer(moves) },
        { op: 'call', callee, operands: [i32(address), value], result: local, drops: false },
        store(Op.i32Store, place, get(local)),
        store(Op.f64Store, place + 8, load(address + youngest)),
        store(Op.f64Store, place + 16, load(address + oldest)),
        { op: 'if', test: operate('i32', Op.f64Lt, load(place + 8), f64(floor)), yes: leave(this.disturbed), no: [], isUnlikely: true },
        { op: 'if', test: operate('i32', Op.i32Ne, get(before), integer(moves)), yes: leave(this.disturbed), no: [], isUnlikely: true },
      ],
    });
    this.set(local, integer(place));
    this.held.set(node, local);
    return local;
  }

  // --- statements ------------------------------------------------------------------------------------------------

  private newLocal(type: WasmType): Local {
    const local = { type, immutable: false, index: 0 };
    this.locals.push(local);
    return local;
  }

  private set(local: Local, value: Expression): void {
    this.out.push({ op: 'set', local, value });
  }

  private store(opcode: number, base: Expression, offset: number, value: Expression): void {
    this.out.push({ op: 'store', opcode, base, offset, value });
  }

  private inList(body: () => void): Statement[] {
    const { out } = this;
    const list: Statement[] = [];
    this.out = list;
    body();
    this.out = out;
    return list;
  }
}

function isSymmetric(opcode: number): boolean {
  return opcode === Op.f64Add || opcode === Op.f64Mul || opcode === Op.i32Add;
}

function loadVector(offset: number): Expression {
  return { op: 'load', type: 'v128', opcode: Vector.load, base: i32(0), offset };
}

function first<Item>({ lanes }: Pack<Item>): { lane: number; item: Item } {
  const lane = lanes.findIndex((one) => one !== null);
  return { lane, item: lanes[lane]! };
}

function isBefore(one: CallNode | null, call: CallNode): boolean {
  for (let before = call.before; ; before = before.before) {
    if (before === one) return true;
    if (before === null) return false;
  }
}

function callsOf(tree: PathTree | null): CallNode[] {
  if (tree === null || tree.kind === 'end') return [];
  if (tree.kind === 'call') return [tree.call, ...callsOf(tree.next)];
  return [...callsOf(tree.yes), ...callsOf(tree.no)];
}
