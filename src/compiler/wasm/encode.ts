import { Bytes } from './bytes.ts';
import type { Expression, FunctionCode, ImportCode, Label, Local, Statement, WasmType } from './code.ts';
import { Op } from './opcodes.ts';

const TYPE_BYTE = { i32: 0x7f, i64: 0x7e, f64: 0x7c, v128: 0x7b } as const;
/** Of memory, by the standard. */
export const PAGE_BYTES = 65_536;
const VOID = 0x40;
const FUNCTION = 0x60;

export interface ModuleCode {
  readonly imports: readonly ImportCode[];
  readonly functions: readonly FunctionCode[];
  /** Exported functions by name. */
  readonly exports: Readonly<Record<string, FunctionCode>>;
  /** Bytes of memory that are there in any case, a page if absent: V8 checks no known address below. */
  readonly memoryBytes?: number;
  /** Integers that are put into memory when the module is instantiated. */
  readonly words?: { readonly begin: number; readonly values: readonly number[] };
}

/** The binary of a module that imports its memory as `env.memory` and its imports as `env.NAME`. */
export function encodeModule(module: ModuleCode): Uint8Array<ArrayBuffer> {
  const { imports, functions, exports, memoryBytes = PAGE_BYTES, words } = module;
  for (const [index, callee] of [...imports, ...functions].entries()) callee.index = index;
  const types = new TypeSection();
  const importTypes = imports.map(({ params, result }) => types.of(params, result));
  const functionTypes = functions.map(({ params, result }) =>
    types.of(
      params.map(({ type }) => type),
      result,
    ),
  );
  const bytes = new Bytes();
  bytes.raw([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
  bytes.section(1, types.entries);
  const pages = Math.ceil(memoryBytes / PAGE_BYTES);
  const memory = new Bytes().name('env').name('memory').raw([0x02, 0x00]).unsigned(pages);
  const imported = imports.map(({ name }, index) =>
    new Bytes().name('env').name(name).raw([0x00]).unsigned(importTypes[index]),
  );
  bytes.section(2, [memory, ...imported]);
  bytes.section(
    3,
    functionTypes.map((type) => new Bytes().unsigned(type)),
  );
  const exported = Object.entries(exports).map(([name, { index }]) =>
    new Bytes().name(name).raw([0x00]).unsigned(index),
  );
  bytes.section(7, exported);
  const bodies = functions.map(encodeFunction);
  const hinted = functions.flatMap(({ index }, at) =>
    bodies[at].hints.length === 0 ? [] : [hintsOf(index, bodies[at].hints)],
  );
  if (hinted.length > 0) bytes.custom('metadata.code.branch_hint', hinted);
  bytes.section(
    10,
    bodies.map(({ code }) => code),
  );
  if (words !== undefined) bytes.section(11, [segmentOf(words.begin, words.values)]);
  return bytes.toArray();
}

class TypeSection {
  readonly entries: Bytes[] = [];
  private readonly known = new Map<string, number>();

  of(params: readonly WasmType[], result: WasmType | null): number {
    const key = `${params.join()}>${result}`;
    const found = this.known.get(key);
    if (found !== undefined) return found;
    const entry = new Bytes().raw([FUNCTION]).unsigned(params.length);
    entry.raw(params.map((type) => TYPE_BYTE[type])).unsigned(result === null ? 0 : 1);
    if (result !== null) entry.raw([TYPE_BYTE[result]]);
    this.known.set(key, this.entries.length);
    return this.entries.push(entry) - 1;
  }
}

function segmentOf(begin: number, values: readonly number[]): Bytes {
  const bytes = new Bytes()
    .unsigned(0)
    .raw([0x41])
    .signed(begin)
    .raw([0x0b])
    .unsigned(4 * values.length);
  bytes.raw([...new Uint8Array(Int32Array.from(values).buffer)]);
  return bytes;
}

/** Where unlikely branches are, by the proposal on branch hints. */
function hintsOf(index: number, offsets: readonly number[]): Bytes {
  const bytes = new Bytes().unsigned(index).unsigned(offsets.length);
  for (const offset of offsets) bytes.unsigned(offset).unsigned(1).raw([0]);
  return bytes;
}

function encodeFunction({ params, locals, body }: FunctionCode): { code: Bytes; hints: readonly number[] } {
  numberLocals(params, locals);
  const code = new Bytes();
  const runs = runsOf(locals);
  code.unsigned(runs.length);
  for (const [count, type] of runs) code.unsigned(count).raw([TYPE_BYTE[type]]);
  const encoder = new BodyEncoder(code);
  encoder.statements(body);
  code.raw([0x0b]);
  return { code: new Bytes().sized(code), hints: encoder.hints };
}

function numberLocals(params: readonly Local[], locals: readonly Local[]): void {
  for (const [index, local] of [...params, ...locals].entries()) local.index = index;
}

function runsOf(locals: readonly Local[]): [count: number, type: WasmType][] {
  const runs: [number, WasmType][] = [];
  for (const { type } of locals) {
    const last = runs.at(-1);
    if (last?.[1] === type) last[0]++;
    else runs.push([1, type]);
  }
  return runs;
}

/** Writes statements in order; keeps the labels that a break may name, innermost last. */
class BodyEncoder {
  private readonly labels: (Label | null)[] = [];
  /** Offsets of branches that are hardly ever taken. */
  readonly hints: number[] = [];

  constructor(private readonly bytes: Bytes) {}

  statements(body: readonly Statement[]): void {
    for (const statement of body) this.statement(statement);
  }

  private statement(statement: Statement): void {
    const { bytes } = this;
    switch (statement.op) {
      case 'set':
        this.expression(statement.value);
        bytes.raw([0x21]).unsigned(statement.local.index);
        break;
      case 'store':
        this.expression(statement.base);
        this.expression(statement.value);
        bytes.raw([...opcodeBytes(statement.opcode), 0]).unsigned(statement.offset);
        break;
      case 'if':
        this.condition(statement.test, statement.yes, statement.no, statement.isUnlikely === true);
        break;
      case 'block':
        if (statement.label.used) this.nested(0x02, statement.label, statement.body, []);
        else this.statements(statement.body);
        break;
      case 'loop':
        this.nested(0x03, statement.label, statement.body, []);
        break;
      case 'sequence':
        this.statements(statement.body);
        break;
      case 'break':
        bytes.raw([0x0c]).unsigned(this.labels.length - 1 - this.labels.lastIndexOf(statement.label));
        break;
      case 'call':
        for (const operand of statement.operands) this.expression(operand);
        bytes.raw([0x10]).unsigned(statement.callee.index);
        if (statement.result !== null) bytes.raw([0x21]).unsigned(statement.result.index);
        else if (statement.drops) bytes.raw([0x1a]);
        break;
      case 'return':
        if (statement.value !== null) this.expression(statement.value);
        bytes.raw([0x0f]);
        break;
      case 'unreachable':
        bytes.raw([0x00]);
    }
  }

  /** Tests have no effects: one that decides nothing is left out. */
  private condition(
    test: Expression,
    yes: readonly Statement[],
    no: readonly Statement[],
    isUnlikely: boolean,
  ): void {
    const flipped = isEmpty(yes);
    if (flipped && isEmpty(no)) return;
    this.expression(test);
    if (flipped) this.bytes.raw([Op.i32Eqz]);
    if (isUnlikely && !flipped) this.hints.push(this.bytes.size);
    this.nested(0x04, null, flipped ? no : yes, flipped || isEmpty(no) ? [] : no);
  }

  private nested(
    opcode: number,
    label: Label | null,
    body: readonly Statement[],
    otherwise: readonly Statement[],
  ): void {
    this.labels.push(label);
    this.bytes.raw([opcode, VOID]);
    this.statements(body);
    if (otherwise.length > 0) {
      this.bytes.raw([0x05]);
      this.statements(otherwise);
    }
    this.bytes.raw([0x0b]);
    this.labels.pop();
  }

  private expression(expression: Expression): void {
    const { bytes } = this;
    switch (expression.op) {
      case 'const':
        if (expression.type === 'i32') bytes.raw([0x41]).signed(expression.value | 0);
        else bytes.raw([0x44]).double(expression.value);
        break;
      case 'get':
        bytes.raw([0x20]).unsigned(expression.local.index);
        break;
      case 'load':
        this.expression(expression.base);
        bytes.raw([...opcodeBytes(expression.opcode), 0]).unsigned(expression.offset);
        break;
      case 'operate':
        for (const operand of expression.operands) this.expression(operand);
        bytes.raw(expression.opcodes);
        break;
      case 'choose':
        this.expression(expression.test);
        bytes.raw([0x04, TYPE_BYTE[expression.type]]);
        this.labels.push(null);
        this.expression(expression.yes);
        bytes.raw([0x05]);
        this.expression(expression.no);
        this.labels.pop();
        bytes.raw([0x0b]);
    }
  }
}

/** A prefix stands in the higher byte. */
function opcodeBytes(opcode: number): number[] {
  return opcode > 0xff ? [opcode >> 8, opcode & 0xff] : [opcode];
}

function isEmpty(statements: readonly Statement[]): boolean {
  return statements.every((statement) => statement.op === 'sequence' && isEmpty(statement.body));
}
