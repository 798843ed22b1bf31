import { type Expression, f64, get, i32, type Local, operate } from '../wasm/code.ts';
import { Op } from '../wasm/opcodes.ts';
import { type CodeBuffer, loadAt } from './code-buffer.ts';
import type { MemoCode } from './memo-code.ts';
import { isField, type Node, type Nodes } from './nodes.ts';

/** Where values are on a way: to go back to where another one leaves it. */
export interface Mark {
  readonly held: Map<Node, Local>;
  readonly written: Uint32Array;
}

/**
 * Writes values. What is used once stands where it is used; what is used again is held in a local. Fields are read
 * again instead: nothing is written before the turn is known to be undisturbed.
 */
export class ValueCode {
  private held = new Map<Node, Local>();
  /** Uses in the whole tree, and those that have been written on the present way. */
  private readonly uses: Uint32Array;
  private written: Uint32Array;
  private readonly fields = new Map<number, Node[]>();
  /** Integers that were computed ahead, by where they are in memory. */
  readonly ahead = new Map<Node, number>();

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
    return this.held.has(node) || this.ahead.has(node);
  }

  mark(): Mark {
    return { held: new Map(this.held), written: this.written.slice() };
  }

  goBack({ held, written }: Mark): void {
    this.held = held;
    this.written = written;
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
    if (ahead !== undefined) return loadAt('i32', Op.i32Load, ahead);
    if (node.kind === 'const') return this.constant(node);
    const isHeld = node.kind === 'memo' || (this.uses[node.number] > 1 && !isField(node));
    return isHeld ? get(this.hold(node)) : this.made(node);
  }

  /** The value in a local, from here on. */
  hold(node: Node, floor?: number): Local {
    const held = this.held.get(node);
    if (held !== undefined) return held;
    const local =
      node.kind === 'memo' ? this.remember(node, floor) : this.buffer.hold(node.type, this.made(node));
    this.held.set(node, local);
    return local;
  }

  private remember(memo: Node, floor?: number): Local {
    return this.memos.write(memo, this.hold(memo.operands[1]), floor);
  }

  private constant({ type, immediate }: Node): Expression {
    if (type === 'i32') return i32(immediate);
    return Object.is(immediate, 0) ? f64(0) : this.buffer.number(immediate);
  }

  private made({ kind, type, opcodes, operands, immediate }: Node): Expression {
    const [first, second, third] = operands.map((operand) => this.expression(operand));
    if (kind === 'load') return { op: 'load', type, opcode: opcodes[0], base: first, offset: immediate };
    if (kind === 'choose') return { op: 'choose', type, test: first, yes: second, no: third };
    if (second === undefined) return operate(type, opcodes, first);
    // What comes from memory had better stand behind: the CPU takes it from there.
    const isSwapped = first.op === 'load' && second.op !== 'load' && SYMMETRIC.includes(opcodes[0]);
    return isSwapped ? operate(type, opcodes, second, first) : operate(type, opcodes, first, second);
  }
}

const SYMMETRIC: readonly number[] = [Op.f64Add, Op.f64Mul, Op.i32Add];
