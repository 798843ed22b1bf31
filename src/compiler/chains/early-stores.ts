import type { CodeBuffer } from './code-buffer.ts';
import type { DoubleBuffer } from './double-buffer.ts';
import { isField, type Node } from './node.ts';
import type { Store } from './path-tree.ts';
import type { ValueCode } from './value-code.ts';

/** Values of more parts that are not held are not looked into. */
const MOST_PARTS = 16;

/** Writes the numbers that a turn leaves as soon as all is known that they are made of. */
export class EarlyStores {
  /** By the parts of their values. */
  private readonly waiting = new Map<Node, Store[]>();
  /** What its parts are being written for. */
  private readonly begun = new Set<Store>();

  constructor(
    private readonly buffer: CodeBuffer,
    private readonly values: ValueCode,
    private readonly fields: DoubleBuffer,
  ) {}

  /** Has to be told of all stores before the first one is written. */
  add(stores: readonly Store[]): void {
    for (const store of stores) this.wait(store.value, store, new Set());
  }

  /** Writes what had to wait for this value. */
  noteHeld(node: Node): void {
    for (const store of this.waiting.get(node) ?? []) if (this.isReady(store.value, store)) this.write(store);
  }

  /** Unless it has been written on the present way. */
  write(store: Store): void {
    const { offset, value } = store;
    if (this.values.left.get(offset) === value || this.begun.has(store)) return;
    this.begun.add(store);
    const code = this.values.expression(value);
    this.begun.delete(store);
    if (this.values.left.get(offset) === value) return;
    this.buffer.out.push(this.fields.store(offset, code));
    this.values.left.set(offset, value);
  }

  private wait(node: Node, store: Store, parts: Set<Node>): void {
    if (parts.has(node) || parts.size === MOST_PARTS || isKnown(node)) return;
    parts.add(node);
    this.waiting.set(node, [...(this.waiting.get(node) ?? []), store]);
    if (this.isMadeInPlace(node, store))
      for (const operand of node.operands) this.wait(operand, store, parts);
  }

  private isReady(node: Node, store: Store): boolean {
    if (isKnown(node) || this.values.isHeld(node)) return true;
    return this.isMadeInPlace(node, store) && node.operands.every((operand) => this.isReady(operand, store));
  }

  /** What is used again will be held. */
  private isMadeInPlace(node: Node, { value }: Store): boolean {
    return node.kind === 'operate' && (node === value || this.values.usesOf(node) < 2);
  }
}

/** Whether a value is known when the turn begins. */
function isKnown(node: Node): boolean {
  return node.kind === 'const' || (isField(node) && node.after === null);
}
