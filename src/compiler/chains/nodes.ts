import type { FunctionCode, WasmType } from '../wasm/code.ts';
import { operationOf } from './operations.ts';

/** A value that one turn of the machine computes, as a function of the memory that the turn began with. */
export interface Node {
  readonly number: number;
  readonly kind: 'const' | 'load' | 'operate' | 'choose' | 'memo';
  readonly type: WasmType;
  /** Instructions of a load or an operation. */
  readonly opcodes: readonly number[];
  readonly operands: readonly Node[];
  /** Of a constant; of a load, the offset; of a memo, its place. */
  readonly immediate: number;
  /** Of a load: the last call before it that may have changed the field. */
  readonly after: CallNode | null;
  /** What it came to in the turn that is recorded at the moment. */
  now: number;
}

/** A call that chains make as the code does: of a function that writes a few fields, behind a condition. */
export interface CallNode {
  readonly callee: FunctionCode;
  readonly test: Node;
  readonly operands: readonly Node[];
  readonly before: CallNode | null;
}

/** More values than these there never are; a pair of numbers below it makes one key. */
const MOST_NODES = 2 ** 20;
/** Addresses are below. */
const MOST_BYTES = 2 ** 30;

type Known = Map<number, Node>;

/** All values of all turns that are recorded: equal ones are one. */
export class Nodes {
  readonly all: Node[] = [];
  /** Numbers that are never negative. */
  readonly amounts = new Set<Node>();
  /** How many memos there are: each has a place. */
  memos = 0;
  private readonly constants: Record<WasmType, Known> = { i32: new Map(), f64: new Map(), v128: new Map() };
  private readonly loads = new Map<CallNode | null, Map<number, Known>>();
  private readonly operations = new Map<number, Known>();
  private readonly choices = new Map<Node, Known>();
  private readonly memoized: Known = new Map();
  private readonly calls = new Map<CallNode | null, CallNode[]>();

  constant(type: WasmType, value: number): Node {
    // A Map takes 0 and -0 for one.
    if (Object.is(value, -0)) return this.new('const', type, [], [], value, null, value);
    const known = this.constants[type];
    let node = known.get(value);
    if (node === undefined) {
      node = this.new('const', type, [], [], value, null, value);
      known.set(value, node);
    }
    return node;
  }

  /** `after`: the last call before it that may have changed what is there. */
  load(type: WasmType, opcode: number, base: Node, offset: number, after: CallNode | null, now: number): Node {
    const known = mapIn(mapIn(this.loads, after), opcode);
    const key = base.number * MOST_BYTES + offset;
    let node = known.get(key);
    if (node === undefined) {
      node = this.new('load', type, [opcode], [base], offset, after, now);
      known.set(key, node);
    }
    node.now = now;
    return node;
  }

  operate(type: WasmType, opcodes: readonly number[], one: Node, other: Node | null): Node {
    const now = operationOf(opcodes)(one.now, other === null ? 0 : other.now);
    if (one.kind === 'const' && (other === null || other.kind === 'const')) return this.constant(type, now);
    const known = mapIn(this.operations, opcodes[0]);
    const key = one.number * MOST_NODES + (other === null ? 0 : other.number);
    let node = known.get(key);
    if (node === undefined) {
      node = this.new('operate', type, opcodes, other === null ? [one] : [one, other], 0, null, now);
      known.set(key, node);
    }
    node.now = now;
    return node;
  }

  choose(test: Node, yes: Node, no: Node): Node {
    if (test.kind === 'const') return test.now !== 0 ? yes : no;
    if (yes === no) return yes;
    const known = mapIn(this.choices, test);
    const key = yes.number * MOST_NODES + no.number;
    const now = test.now !== 0 ? yes.now : no.now;
    const node = known.get(key) ?? this.new('choose', yes.type, [], [test, yes, no], 0, null, now);
    known.set(key, node);
    node.now = now;
    return node;
  }

  /** The value of a function that depends on its arguments alone, and for which a chain has a place to remember it. */
  memo(object: Node, argument: Node, now: number): Node {
    const key = object.number * MOST_NODES + argument.number;
    const node =
      this.memoized.get(key) ?? this.new('memo', 'i32', [], [object, argument], this.memos++, null, now);
    this.memoized.set(key, node);
    node.now = now;
    return node;
  }

  call(callee: FunctionCode, test: Node, operands: readonly Node[], before: CallNode | null): CallNode {
    const known = this.calls.get(before) ?? [];
    this.calls.set(before, known);
    const isSame = (call: CallNode) =>
      call.callee === callee && call.test === test && call.operands.every((one, index) => one === operands[index]);
    const found = known.find(isSame);
    if (found !== undefined) return found;
    const made = { callee, test, operands, before };
    known.push(made);
    return made;
  }

  private new(
    kind: Node['kind'],
    type: WasmType,
    opcodes: readonly number[],
    operands: readonly Node[],
    immediate: number,
    after: CallNode | null,
    now: number,
  ): Node {
    const node = { number: this.all.length, kind, type, opcodes, operands, immediate, after, now };
    this.all.push(node);
    return node;
  }
}

function mapIn<Key, Inner extends Map<unknown, unknown>>(maps: Map<Key, Inner>, key: Key): Inner {
  let map = maps.get(key);
  if (map === undefined) {
    map = new Map() as Inner;
    maps.set(key, map);
  }
  return map;
}
