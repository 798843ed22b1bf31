import { type Expression, f64, get, i32, type Local, operate, type Statement } from '../wasm/code.ts';
import { Op } from '../wasm/opcodes.ts';
import { type CodeBuffer, loadAt } from './code-buffer.ts';
import type { DoubleBuffer } from './double-buffer.ts';
import type { MemoCode } from './memo-code.ts';
import { isField, type Node } from './node.ts';
import type { Nodes } from './nodes.ts';
import { memoIn } from './table-places.ts';

/** A field or a number used so often is held in a local too. Measured: 3 to 12 are as fast, none is 5 % slower. */
const OFTEN = 6;

export interface Ahead {
  readonly address: number;
  /** What is remembered. */
  readonly memos: readonly Node[];
}

/** What has been done on the present way. */
interface Way {
  readonly held: Map<Node, Local>;
  /** What is remembered and known to hold. */
  readonly known: Set<Node>;
  /** Uses that have been written. */
  readonly written: Uint32Array;
  /** What has been left in the fields of the double buffer, by their addresses. */
  readonly left: Map<number, Node>;
}

/**
 * Writes values. What is used once stands where it is used; what is used again is held in a local. Most fields are read
 * again instead: those that the turn began with stay as they are until it is known to be undisturbed.
 */
export class ValueCode {
  private way: Way;
  /** Uses in the whole tree. */
  private readonly uses: Uint32Array;
  private readonly loads = new Map<number, Node[]>();
  /** Integers that were computed ahead, and those among them that hold once what they are made of is known to. */
  readonly ahead = new Map<Node, Ahead>();
  /** Is told of each value that is held from then on. */
  onHeld: (node: Node) => void = () => {};
  /** Values that the rest of the present way needs in any case. */
  certain: ReadonlySet<Node> = new Set();

  constructor(
    private readonly buffer: CodeBuffer,
    nodes: Nodes,
    private readonly memos: MemoCode,
    private readonly fields: DoubleBuffer,
  ) {
    this.uses = new Uint32Array(nodes.all.length);
    this.way = {
      held: new Map(),
      known: new Set(),
      written: new Uint32Array(nodes.all.length),
      left: new Map(),
    };
    for (const node of nodes.all) {
      if (!isField(node)) continue;
      const loads = this.loads.get(node.immediate) ?? [];
      this.loads.set(node.immediate, loads);
      loads.push(node);
    }
  }

  /** Has to be told of all values before the first one is written. */
  count(node: Node): void {
    if (this.uses[node.number]++ > 0) return;
    for (const operand of node.operands) this.count(operand);
  }

  get left(): Map<number, Node> {
    return this.way.left;
  }

  usesOf({ number }: Node): number {
    return this.uses[number];
  }

  isHeld(node: Node): boolean {
    return this.way.held.has(node) || this.way.known.has(node) || this.ahead.get(node)?.memos.length === 0;
  }

  /** All loads of a field that are still wanted. */
  wantedLoadsOf(address: number): Node[] {
    const isWanted = (node: Node) =>
      this.uses[node.number] > this.way.written[node.number] && !this.way.held.has(node);
    return (this.loads.get(address) ?? []).filter(isWanted);
  }

  expression(node: Node): Expression {
    this.way.written[node.number]++;
    const held = this.way.held.get(node);
    if (held !== undefined) return get(held);
    const ahead = this.ahead.get(node);
    if (ahead !== undefined) {
      for (const memo of ahead.memos) this.remember(memo);
      return loadAt('i32', Op.i32Load, ahead.address);
    }
    if (memoIn(node) !== null) {
      this.remember(node);
      return this.memos.valueOf(node);
    }
    const isHeld = this.uses[node.number] >= usesWorthHolding(node);
    return isHeld ? get(this.hold(node)) : this.made(node);
  }

  /** The value in a local, from here on. */
  hold(node: Node): Local {
    const known = this.way.held.get(node);
    if (known !== undefined) return known;
    const held = this.buffer.hold(node.type, this.made(node));
    this.way.held.set(node, held);
    this.onHeld(node);
    return held;
  }

  /** Sees to it that what is remembered holds. `floor`: see `MemoCode`. */
  remember(node: Node, floor?: number): void {
    if (this.way.known.has(node)) return;
    this.memos.write(node, this.hold(memoIn(node)!.operands[1]), floor);
    this.way.known.add(node);
  }

  /** Makes all of this that may still find the turn disturbed, or make an array move. */
  rememberAll(nodes: readonly Node[], seen = new Set<Node>()): void {
    for (const node of nodes) {
      if (seen.has(node) || this.isHeld(node) || isField(node)) continue;
      seen.add(node);
      if (memoIn(node) !== null) this.remember(node);
      else if (node.kind === 'choose' && isMadeOfMemos(node, new Set())) this.hold(node);
      else this.rememberAll(node.operands, seen);
    }
  }

  private constant({ type, immediate }: Node): Expression {
    if (type === 'i32') return i32(immediate);
    return Object.is(immediate, 0) ? f64(0) : this.buffer.number(immediate);
  }

  private made(node: Node): Expression {
    if (node.kind === 'const') return this.constant(node);
    if (node.kind === 'choose') return get(this.chosen(node));
    if (isField(node) && this.fields.has(node.immediate)) return this.fields.load(node.immediate);
    const { kind, type, opcodes, operands, immediate } = node;
    const [first, second] = operands.map((operand) => this.expression(operand));
    if (kind === 'load') return { op: 'load', type, opcode: opcodes[0], base: first, offset: immediate };
    if (second === undefined) return operate(type, opcodes, first);
    const isSwapped = isWrongWay(first, second) && SYMMETRIC.includes(opcodes[0]);
    return isSwapped ? operate(type, opcodes, second, first) : operate(type, opcodes, first, second);
  }

  /** What only one side of a choice needs is computed there: on the other it may have no meaning. */
  private chosen({ type, operands: [test, yes, no] }: Node): Local {
    const code = this.expression(test);
    this.holdCertain([yes, no]);
    const local = this.buffer.newLocal(type);
    // Of what one side alone writes nothing would be known afterwards.
    const [one, other] = [yes, no].map((value) =>
      this.quietly(() => this.aside(() => this.buffer.set(local, this.expression(value)))),
    );
    this.buffer.out.push({ op: 'if', test: code, yes: one, no: other });
    return local;
  }

  /** Computes what of these values is needed in any case. */
  private holdCertain(nodes: readonly Node[], seen = new Set<Node>()): void {
    for (const node of nodes) {
      if (seen.has(node) || node.kind === 'const' || isField(node) || this.isHeld(node)) continue;
      seen.add(node);
      const memo = memoIn(node);
      if (memo === null && this.certain.has(node) && this.uses[node.number] > 1) this.hold(node);
      else this.holdCertain((memo ?? node).operands, seen);
    }
  }

  /** Nobody is told of what is held from here on. */
  quietly<Result>(write: () => Result): Result {
    const { onHeld } = this;
    this.onHeld = () => {};
    const result = write();
    this.onHeld = onHeld;
    return result;
  }

  /** Writes a way that others do not share. */
  aside(write: () => void): Statement[] {
    const { way, certain } = this;
    const { held, known, written, left } = way;
    this.way = {
      held: new Map(held),
      known: new Set(known),
      written: written.slice(),
      left: new Map(left),
    };
    const aside = this.buffer.inList(write);
    this.way = way;
    this.certain = certain;
    return aside;
  }
}

const SYMMETRIC: readonly number[] = [Op.f64Add, Op.f64Mul, Op.i32Add];

/**
 * What comes from memory at a known address had better stand behind anything but another load: V8 makes one instruction
 * of both then.
 */
function isWrongWay(first: Expression, second: Expression): boolean {
  if (isAtKnownPlace(first) && isAtKnownPlace(second)) return false;
  return second.op === 'load' ? isAtKnownPlace(second) && first.op === 'load' : isAtKnownPlace(first);
}

function isAtKnownPlace(code: Expression): boolean {
  return code.op === 'load' && code.base.op === 'const';
}

/** Integers, and 0, are part of an instruction. */
function usesWorthHolding(node: Node): number {
  if (node.kind === 'const' && (node.type === 'i32' || node.immediate === 0)) return Number.POSITIVE_INFINITY;
  return node.kind === 'const' || isField(node) ? OFTEN : 2;
}

function isMadeOfMemos(node: Node, seen: Set<Node>): boolean {
  if (seen.has(node)) return false;
  seen.add(node);
  return node.kind === 'memo' || node.operands.some((operand) => isMadeOfMemos(operand, seen));
}
