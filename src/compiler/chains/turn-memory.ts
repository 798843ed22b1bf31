import type { WasmType } from '../wasm/code.ts';
import { Op } from '../wasm/opcodes.ts';
import { Disturbed } from './disturbed.ts';
import type { Effects } from './effects.ts';
import type { Image } from './image.ts';
import type { ArrayExtent } from './layout.ts';
import { type CallNode, isField, type Node } from './node.ts';
import type { Nodes } from './nodes.ts';
import type { Store } from './path-tree.ts';
import type { Log } from './source.ts';
import type { Turn } from './turn.ts';

interface Access {
  readonly array: ArrayExtent;
  /** Null for an element that is not told. */
  readonly base: Node | null;
  readonly offset: number;
}

/** The memory of a turn: what it was at the beginning, and what has been stored since. */
export class TurnMemory {
  /** Fields and known elements that have been stored to, by address. */
  private readonly stored = new Map<number, { readonly opcode: number; readonly value: Node }>();
  /** Elements whose places change from turn to turn. */
  private readonly elements: (Store & { readonly array: ArrayExtent })[] = [];
  private readonly storedArrays = new Set<number>();
  private readonly loads: Access[] = [];
  private readonly latestCalls = new Map<number, CallNode>();
  private readonly zero: Node;

  constructor(
    private readonly nodes: Nodes,
    private readonly image: Image,
    private readonly turn: Turn,
    /** Addresses of constant fields that the turn relies on. */
    private readonly assumed: Set<number>,
  ) {
    this.zero = nodes.constant('i32', 0);
  }

  // --- loads -----------------------------------------------------------------------------------------------------

  load(type: WasmType, opcode: number, base: Node, offset: number): Node {
    if (this.isLength(base, offset))
      return this.nodes.load(type, opcode, base, offset, null, this.image.read(opcode, base.now + offset));
    const place = this.fixed(base);
    const address = place.now + offset;
    if (place.kind === 'const') return this.loadField(type, opcode, address);
    const element = this.elements.find((other) => other.base === place && other.offset === offset);
    if (element !== undefined) return element.value;
    const node = this.nodes.load(type, opcode, place, offset, null, this.image.read(opcode, address));
    if (this.turn.isSilent) return node;
    const array = this.image.layout.arrayAt(address);
    if (array === null) throw new Disturbed('a load from an unknown place');
    this.loads.push({ array, base: place, offset });
    if (this.image.layout.amounts.some((handle) => this.image.arrayIn(handle) === array.begin))
      this.nodes.amounts.add(node);
    return node;
  }

  /** An array that grows is another one, elsewhere: turns are none the worse for it, as long as it is long enough. */
  private isLength({ kind, operands: [array], now }: Node, offset: number): boolean {
    const { layout } = this.image;
    const isPlace = kind === 'operate' && isField(array) && layout.isHandle(array.immediate);
    return isPlace && layout.isHeader(now + offset);
  }

  private loadField(type: WasmType, opcode: number, address: number): Node {
    const { nodes, image, turn } = this;
    const stored = turn.isSilent ? undefined : this.stored.get(address);
    if (stored !== undefined) return this.asLoaded(opcode, stored);
    const now = image.read(opcode, address);
    const array = image.layout.arrayAt(address);
    if (array?.isTable === true) return nodes.constant(type, now);
    if (image.layout.isConstant(address)) {
      if (!turn.isSilent) this.assume(address, type);
      return nodes.constant(type, now);
    }
    const after = this.latestCalls.get(address) ?? null;
    const node = nodes.load(type, opcode, this.zero, address, after, now);
    if (turn.isSilent) return node;
    if (array !== null) this.loads.push({ array, base: this.zero, offset: address });
    const isFlag = array === null && type === 'i32' && after === null && !image.layout.isHandle(address);
    return turn.constantOf(node) ?? (isFlag ? this.known(node) : node);
  }

  /** Word by word. */
  private assume(address: number, type: WasmType): void {
    this.assumed.add(address);
    if (type === 'f64') this.assumed.add(address + 4);
  }

  private asLoaded(load: number, { opcode, value }: { opcode: number; value: Node }): Node {
    const { nodes } = this;
    if (load === Op.i32Load8U && opcode === Op.i32Store8)
      return nodes.operate('i32', [Op.i32And], value, nodes.constant('i32', 0xff));
    if (load === Op.i32Load16U && opcode === Op.i32Store16)
      return nodes.operate('i32', [Op.i32And], value, nodes.constant('i32', 0xffff));
    const isWhole =
      load === Op.f64Load ? opcode === Op.f64Store : load === Op.i32Load && opcode === Op.i32Store;
    if (!isWhole) throw new Disturbed('a field of two types');
    return value;
  }

  // --- places ----------------------------------------------------------------------------------------------------

  /** The same place as a constant, if it is made of fields that are the same in nearly all turns. */
  private fixed(place: Node): Node {
    if (place.kind === 'const' || this.turn.isSilent || !this.isFixable(place)) return place;
    return this.folded(place);
  }

  private isFixable(place: Node): boolean {
    const { kind, type, operands, immediate, after } = place;
    if (kind === 'const') return true;
    if (kind === 'operate') return operands.every((operand) => this.isFixable(operand));
    return isField(place) && after === null && this.image.isSteady(immediate, type);
  }

  private folded(place: Node): Node {
    if (place.kind === 'const') return place;
    if (place.kind === 'load') return this.known(place);
    const [one, other] = place.operands.map((operand) => this.folded(operand));
    return this.nodes.operate(place.type, place.opcodes, one, other ?? null);
  }

  /** A field that was the same at the beginning of nearly all turns counts as constant, behind a test. */
  private known(field: Node): Node {
    const { nodes, image, turn } = this;
    if (!image.isSteady(field.immediate, field.type)) return field;
    const constant = nodes.constant(field.type, field.now);
    const opcode = field.type === 'i32' ? Op.i32Eq : Op.f64Eq;
    const isSame = turn.decide(nodes.operate('i32', [opcode], field, constant));
    if (!isSame) throw new Disturbed('a field that is not a number');
    return constant;
  }

  // --- stores ----------------------------------------------------------------------------------------------------

  store(opcode: number, base: Node, offset: number, value: Node): void {
    const place = this.fixed(base);
    const address = place.now + offset;
    this.image.write(opcode, address, value.now);
    if (this.turn.isSilent) return;
    if (this.latestCalls.has(address)) throw new Disturbed('a field that a call has written');
    const array = this.image.layout.arrayAt(address);
    if (array !== null && this.elements.some((other) => other.array === array))
      throw new Disturbed('stores that may overlap');
    if (place.kind === 'const') this.stored.set(address, { opcode, value });
    else if (array === null) throw new Disturbed('a store to an unknown place');
    else this.elements.push({ opcode, base: place, offset, value, array });
    if (array !== null) this.storedArrays.add(array.begin);
  }

  /** Whether a function can run before the turn is known to be undisturbed: it sees nothing that is stored later. */
  canCall({ fields, arrays }: Effects): boolean {
    const { layout } = this.image;
    return fields.every((at) => !this.stored.has(at)) && arrays.every((at) => layout.arrayAt(at) !== null);
  }

  /** Such a function may have been called. */
  noteCall(call: CallNode, { writes, arrays }: Effects): void {
    for (const address of writes) this.latestCalls.set(address, call);
    for (const at of arrays)
      this.loads.push({ array: this.image.layout.arrayAt(at)!, base: null, offset: 0 });
  }

  /** All that the turn leaves. Throws where loads cannot be told from stores. */
  leavings(): Store[] {
    for (const load of this.loads) this.refuseOverlap(load);
    for (const { array, base } of [...this.loads, ...this.elements])
      if (base !== this.zero) this.nodes.scanned.set(array.begin, array);
    for (const log of this.image.layout.logs) this.dropUnused(log);
    const left: Store[] = this.elements.map(({ opcode, base, offset, value }) => ({
      opcode,
      base,
      offset,
      value,
    }));
    for (const [offset, { opcode, value }] of this.stored)
      if (!isAt(value, offset)) left.push({ opcode, base: this.zero, offset, value });
    return left;
  }

  private refuseOverlap({ array, base, offset }: Access): void {
    if (!this.storedArrays.has(array.begin)) return;
    const element = this.elements.find((other) => other.array === array);
    const isSame =
      element === undefined ? base === this.zero : element.base === base && element.offset === offset;
    if (!isSame) throw new Disturbed('an array with loads and stores that may overlap');
  }

  /** What is written to a log that is empty in the end means nothing. */
  private dropUnused({ length, elements }: Log): void {
    const left = this.stored.get(length)?.value;
    if (left?.kind !== 'const' || left.now !== 0) return;
    const arrays = elements.map((handle) => this.image.arrayIn(handle));
    for (const address of this.stored.keys()) {
      const array = this.image.layout.arrayAt(address);
      if (array !== null && arrays.includes(array.begin)) this.stored.delete(address);
    }
  }
}

/** Whether a value is what was at an address at the beginning. */
function isAt(value: Node, address: number): boolean {
  return isField(value) && value.after === null && value.immediate === address;
}
