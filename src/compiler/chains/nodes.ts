import type { FunctionCode, WasmType } from '../wasm/code.ts';
import { Disturbed } from './disturbed.ts';
import { decided } from './exact.ts';
import type { ArrayExtent } from './layout.ts';
import type { CallNode, Node } from './node.ts';
import { operationOf } from './operations.ts';
import { regrouped } from './table-places.ts';

/** A pair of numbers below makes one key; machines whose turns come to more values are not alike enough for chains. */
const MOST_NODES = 2 ** 20;
/** Addresses are below. */
const MOST_BYTES = 2 ** 30;

type Known = Map<number, Node>;

/** The values of all turns that are recorded: equal ones are one. */
export class Nodes {
  readonly all: Node[] = [];
  /** Elements that are never negative. */
  readonly amounts = new Set<Node>();
  /** Arrays of which turns read or write elements whose places change, by their beginnings. */
  readonly scanned = new Map<number, ArrayExtent>();
  readonly memos: Known = new Map();
  private readonly constants = new Map<WasmType, Known>();
  private readonly loads = new Map<CallNode | null, Map<number, Known>>();
  private readonly operations = new Map<number, Known>();
  private readonly choices = new Map<Node, Known>();
  private readonly calls = new Map<CallNode | null, CallNode[]>();

  constant(type: WasmType, value: number): Node {
    // A Map takes 0 and -0 for one.
    if (Object.is(value, -0)) return this.make('const', type, [], [], value, null, value);
    const known = mapIn(this.constants, type);
    const node = known.get(value) ?? this.make('const', type, [], [], value, null, value);
    known.set(value, node);
    return node;
  }

  /** `after`: the last call before it that may have changed what is there. */
  load(
    type: WasmType,
    opcode: number,
    base: Node,
    offset: number,
    after: CallNode | null,
    now: number,
  ): Node {
    const known = mapIn(mapIn(this.loads, after), opcode);
    const key = base.number * MOST_BYTES + offset;
    const node = known.get(key) ?? this.make('load', type, [opcode], [base], offset, after, now);
    return this.keep(known, key, node, now);
  }

  operate(type: WasmType, opcodes: readonly number[], one: Node, other: Node | null): Node {
    if (other !== null) {
      const simpler = decided(this, opcodes[0], one, other) ?? regrouped(this, opcodes[0], one, other);
      if (simpler !== null) return simpler;
    }
    const now = operationOf(opcodes)(one.now, other === null ? 0 : other.now);
    if (one.kind === 'const' && (other === null || other.kind === 'const')) return this.constant(type, now);
    const known = mapIn(this.operations, opcodes[0]);
    const key = one.number * MOST_NODES + (other === null ? 0 : other.number);
    const operands = other === null ? [one] : [one, other];
    const node = known.get(key) ?? this.make('operate', type, opcodes, operands, 0, null, now);
    return this.keep(known, key, node, now);
  }

  choose(test: Node, yes: Node, no: Node): Node {
    if (test.kind === 'const') return test.now !== 0 ? yes : no;
    if (yes === no) return yes;
    const now = test.now !== 0 ? yes.now : no.now;
    const known = mapIn(this.choices, test);
    const key = pairOf(yes, no);
    const node = known.get(key) ?? this.make('choose', yes.type, [], [test, yes, no], 0, null, now);
    return this.keep(known, key, node, now);
  }

  /** What a function comes to that depends on its arguments alone. */
  memo(object: Node, argument: Node, now: number): Node {
    const key = pairOf(object, argument);
    const operands = [object, argument];
    const node = this.memos.get(key) ?? this.make('memo', 'i32', [], operands, 0, null, now);
    return this.keep(this.memos, key, node, now);
  }

  call(callee: FunctionCode, test: Node, operands: readonly Node[], before: CallNode | null): CallNode {
    const known = this.calls.get(before) ?? [];
    this.calls.set(before, known);
    const isSame = (call: CallNode) =>
      call.callee === callee && call.test === test && operands.every((one, at) => one === call.operands[at]);
    const call = known.find(isSame) ?? { callee, test, operands, before };
    if (!known.includes(call)) known.push(call);
    return call;
  }

  private make(
    kind: Node['kind'],
    type: WasmType,
    opcodes: readonly number[],
    operands: readonly Node[],
    immediate: number,
    after: CallNode | null,
    now: number,
  ): Node {
    if (this.all.length === MOST_NODES) throw new Disturbed('more values than can be told apart');
    const node = { number: this.all.length, kind, type, opcodes, operands, immediate, after, now };
    this.all.push(node);
    return node;
  }

  private keep(known: Known, key: number, node: Node, now: number): Node {
    known.set(key, node);
    node.now = now;
    return node;
  }
}

function mapIn<Key, Inner extends Map<unknown, unknown>>(maps: Map<Key, Inner>, key: Key): Inner {
  const map = maps.get(key) ?? (new Map() as Inner);
  maps.set(key, map);
  return map;
}

/** Tells pairs of values apart. */
export function pairOf(one: Node, other: Node): number {
  return one.number * MOST_NODES + other.number;
}
