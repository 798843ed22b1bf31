import { VECTOR_BYTES } from '../addresses.ts';
import {
  type Expression,
  type FunctionCode,
  get,
  i32,
  type Local,
  type Statement,
  type WasmType,
} from '../wasm/code.ts';
import { LOADS, STORES } from '../wasm/opcodes.ts';
import { COPY_BYTES, type Room } from './room.ts';

const INTEGER_BYTES = 4;
const NUMBER_BYTES = 8;

interface Place {
  readonly base: Expression;
  readonly offset: number;
}

/**
 * Fields that turns change, twice: a turn reads one copy and writes the other, and once it is made they change places.
 * So a field can be written as soon as its value is known, and a turn that turns out to be disturbed has changed
 * nothing. While chains run, the fields themselves are out of date.
 */
export class DoubleBuffer {
  /** Addresses of the copy that a turn begins with, and of the one that it leaves. */
  readonly from = pointer();
  readonly to = pointer();
  /** Where the two copies begin. */
  readonly copies: readonly [number, number];
  /** Copies the fields to the copy at the address that it is given, and whatever is beside them. */
  readonly fetch: FunctionCode;
  /** Copies them back from there, and nothing else. */
  readonly giveBack: FunctionCode;
  private readonly fields: ReadonlyMap<number, WasmType>;
  /** Where in the copies the sixteen bytes are that hold fields, by their addresses. */
  private readonly blocks: ReadonlyMap<number, number>;

  /** `fields`: the types by their addresses. What there is no room for is left where it is. */
  constructor({ copies }: Room, fields: ReadonlyMap<number, WasmType>) {
    this.copies = [copies, copies + COPY_BYTES];
    const all = [...new Set([...fields.keys()].map(blockOf))].sort((one, other) => one - other);
    const kept = all.slice(0, COPY_BYTES / VECTOR_BYTES);
    this.blocks = new Map(kept.map((block, index) => [block, index * VECTOR_BYTES]));
    this.fields = new Map([...fields].filter(([field]) => this.blocks.has(blockOf(field))));
    this.fetch = this.transfer('fetch', (block, copy) =>
      storeTo(this.placeIn(copy, block), loadFrom('v128', { base: i32(0), offset: block })),
    );
    this.giveBack = this.transfer('giveBack', (block, copy) => {
      return this.partsOf(block).map(([field, type]) =>
        storeTo({ base: i32(0), offset: field }, loadFrom(type, this.placeIn(copy, field))),
      );
    });
  }

  has(field: number): boolean {
    return this.fields.has(field);
  }

  /** What a field was when the turn began. */
  load(field: number): Expression {
    return loadFrom(this.fields.get(field)!, this.placeIn(this.from, field));
  }

  /** Of four integers side by side. */
  loadBlock(block: number): Expression {
    return loadFrom('v128', this.placeIn(this.from, block));
  }

  /** What has been left in them so far. */
  loadLeft(block: number): Expression {
    return loadFrom('v128', this.placeIn(this.to, block));
  }

  store(field: number, value: Expression): Statement {
    return storeTo(this.placeIn(this.to, field), value);
  }

  /** Leaves all other fields as they were when the turn began. */
  keepOthers(fields: ReadonlySet<number>): Statement[] {
    const others = [...this.fields.keys()].filter((field) => !fields.has(field));
    return others.map((field) => this.store(field, this.load(field)));
  }

  private transfer(
    name: string,
    partsOf: (block: number, copy: Local) => Statement | readonly Statement[],
  ): FunctionCode {
    const copy = pointer();
    const body = [...this.blocks.keys()].flatMap((block) => partsOf(block, copy));
    return { name, index: 0, params: [copy], locals: [], result: null, body };
  }

  private placeIn(copy: Local, field: number): Place {
    return { base: get(copy), offset: this.blocks.get(blockOf(field))! + (field % VECTOR_BYTES) };
  }

  /** The fields in a block, or all of it if they fill it. */
  private partsOf(block: number): [field: number, type: WasmType][] {
    const fields = [...this.fields].filter(([field]) => blockOf(field) === block);
    const bytes = fields.reduce((sum, [, type]) => sum + (type === 'f64' ? NUMBER_BYTES : INTEGER_BYTES), 0);
    return bytes === VECTOR_BYTES ? [[block, 'v128']] : fields;
  }
}

/** The sixteen bytes that an address is in. */
function blockOf(address: number): number {
  return address - (address % VECTOR_BYTES);
}

function pointer(): Local {
  return { type: 'i32', immutable: true, index: 0 };
}

function loadFrom(type: WasmType, { base, offset }: Place): Expression {
  return { op: 'load', type, opcode: LOADS[type], base, offset };
}

function storeTo({ base, offset }: Place, value: Expression): Statement {
  return { op: 'store', opcode: STORES[value.type], base, offset, value };
}
