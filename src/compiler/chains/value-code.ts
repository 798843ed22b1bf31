import { type Expression, f64, get, i32, type Local, operate, type Statement } from '../wasm/code.ts';
import { Op } from '../wasm/opcodes.ts';
import { type CodeBuffer, loadAt } from './code-buffer.ts';
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

/**
 * Writes values. What is used once stands where it is used; what is used again is held in a local. Most fields are read
 * again instead: nothing is written before the turn is known to be undisturbed.
 */
export class ValueCode {
  private held = new Map<Node, Local>();
  /** What is remembered and known to hold. */
  private known = new Set<Node>();
  /** Uses in the whole tree, and those that have been written on the present way. */
  private readonly uses: Uint32Array;
  private written: Uint32Array;
  private readonly fields = new Map<number, Node[]>();
  /** Integers that were computed ahead, and those among them that hold once what they are made of is known to. */
  readonly ahead = new Map<Node, Ahead>();
  /** Values that the rest of the present way needs in any case. */
  certain: ReadonlySet<Node> = new Set();

  constructor(
    private readonly buffer: CodeBuffer,
    nodes: Nodes,
    private readonly memos: MemoCode,
  ) {
    this.uses = new Uint32Array(nodes.all.length);
    this.written = new Uint32Array(nodes.all.length);
    for (const node of nodes.all) {
      if (!isField(node)) continue;
      const loads = this.fields.get(node.immediate) ?? [];
      this.fields.set(node.immediate, loads);
      loads.push(node);
    }
  }

  /** Has to be told of all values before the first one is written. */
  count(node: Node): void {
    if (this.uses[node.number]++ > 0) return;
    for (const operand of node.operands) this.count(operand);
  }

  usesOf({ number }: Node): number {
    return this.uses[number];
  }

  isHeld(node: Node): boolean {
    return this.held.has(node) || this.known.has(node) || this.ahead.get(node)?.memos.length === 0;
  }

  /** All loads of a field that are still wanted. */
  wantedLoadsOf(address: number): Node[] {
    const isWanted = (node: Node) =>
      this.uses[node.number] > this.written[node.number] && !this.held.has(node);
    return (this.fields.get(address) ?? []).filter(isWanted);
  }

  expression(node: Node): Expression {
    this.written[node.number]++;
    const held = this.held.get(node);
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
    const held = this.held.get(node) ?? this.buffer.hold(node.type, this.made(node));
    this.held.set(node, held);
    return held;
  }

  /** Sees to it that what is remembered holds. `floor`: see `MemoCode`. */
  remember(node: Node, floor?: number): void {
    if (this.known.has(node)) return;
    this.memos.write(node, this.hold(memoIn(node)!.operands[1]), floor);
    this.known.add(node);
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
    const { kind, type, opcodes, operands, immediate } = node;
    const [first, second] = operands.map((operand) => this.expression(operand));
    if (kind === 'load') return { op: 'load', type, opcode: opcodes[0], base: first, offset: immediate };
    if (second === undefined) return operate(type, opcodes, first);
    const isSwapped = nearness(first) > nearness(second) && SYMMETRIC.includes(opcodes[0]);
    return isSwapped ? operate(type, opcodes, second, first) : operate(type, opcodes, first, second);
  }

  /** What only one side of a choice needs is computed there: on the other it may have no meaning. */
  private chosen({ type, operands: [test, yes, no] }: Node): Local {
    const code = this.expression(test);
    this.holdCertain([yes, no]);
    const local = this.buffer.newLocal(type);
    const [one, other] = [yes, no].map((value) =>
      this.aside(() => this.buffer.set(local, this.expression(value))),
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

  /** Writes a way that others do not share. */
  aside(write: () => void): Statement[] {
    const { held, known, written, certain } = this;
    this.held = new Map(held);
    this.known = new Set(known);
    this.written = written.slice();
    const aside = this.buffer.inList(write);
    this.held = held;
    this.known = known;
    this.written = written;
    this.certain = certain;
    return aside;
  }
}

const SYMMETRIC: readonly number[] = [Op.f64Add, Op.f64Mul, Op.i32Add];

/** What comes from memory had better stand behind: the CPU takes it from there, if V8 knows the address. */
function nearness(code: Expression): number {
  if (code.op !== 'load') return 0;
  return code.base.op === 'const' ? 2 : 1;
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
