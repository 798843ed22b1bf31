import type { Callee, Expression, FunctionCode, Label, Statement } from '../wasm/code.ts';
import type { CallSites } from './call-sites.ts';
import { Disturbed } from './disturbed.ts';
import type { ConditionalCall, EffectsFinder } from './effects.ts';
import type { Image } from './image.ts';
import { isField, type Node } from './node.ts';
import type { Nodes } from './nodes.ts';
import type { Path } from './path-tree.ts';
import { Turn } from './turn.ts';
import { TurnMemory } from './turn-memory.ts';

/** Locals by their numbers. */
type Frame = Node[];
const RETURN: Label = { used: true };

/** What all recordings of a machine share. */
export interface Recordings {
  readonly nodes: Nodes;
  readonly effects: EffectsFinder;
  /** Where functions of few effects have been called in other turns; null while that is not known. */
  readonly likely: CallSites | null;
  readonly seen: CallSites;
  /** Addresses of constant fields that turns rely on. */
  readonly assumed: Set<number>;
}

/**
 * Runs code over an image of the memory, and keeps as a path what the turn asked and what it left in memory, all as
 * functions of the memory that it began with.
 */
export class Recorder {
  private readonly turn = new Turn();
  private readonly memory: TurnMemory;
  private frame: Frame = [];
  private result: Node | null = null;
  /** What the present function is called with, as far as that is constant. */
  private constants = '';
  /** How often each function of few effects might have been called by functions that were called so. */
  private readonly sites = new Map<FunctionCode, Map<string, number>>();

  constructor(
    private readonly recordings: Recordings,
    image: Image,
  ) {
    this.memory = new TurnMemory(recordings.nodes, image, this.turn, recordings.assumed);
  }

  /** One turn, that is a call of a function whose result is 1. Throws `Disturbed`. */
  record(entry: FunctionCode, argument: number): Path {
    const result = this.call(entry, [this.recordings.nodes.constant('f64', argument)]);
    if (result?.kind !== 'const' || result.now !== 1) throw new Disturbed('a turn that is the last one');
    return { steps: this.turn.steps, stores: this.memory.leavings() };
  }

  // --- statements ------------------------------------------------------------------------------------------------

  /** Where it leaves to; null if it goes on behind. */
  private run(body: readonly Statement[]): Label | null {
    for (const statement of body) {
      const left = this.step(statement);
      if (left !== null) return left;
    }
    return null;
  }

  private step(statement: Statement): Label | null {
    switch (statement.op) {
      case 'set':
        this.frame[statement.local.index] = this.evaluate(statement.value);
        return null;
      case 'store': {
        const base = this.evaluate(statement.base);
        this.memory.store(statement.opcode, base, statement.offset, this.evaluate(statement.value));
        return null;
      }
      case 'if':
        if (this.keepsCall(statement)) return null;
        return this.run(this.turn.decide(this.evaluate(statement.test)) ? statement.yes : statement.no);
      case 'block': {
        const left = this.run(statement.body);
        return left === statement.label ? null : left;
      }
      case 'sequence':
        if (statement.memo === undefined) return this.run(statement.body);
        this.remember(statement);
        return null;
      case 'loop':
        return this.loop(statement);
      case 'break':
        return statement.label;
      case 'call': {
        const operands = statement.operands.map((operand) => this.evaluate(operand));
        const result = this.call(bodyOf(statement.callee), operands);
        if (statement.result !== null) this.frame[statement.result.index] = result!;
        return null;
      }
      case 'return':
        this.result = statement.value === null ? null : this.evaluate(statement.value);
        return RETURN;
      case 'unreachable':
        throw new Disturbed('code that is never reached');
    }
  }

  private loop({ label, body }: Statement & { op: 'loop' }): Label | null {
    for (;;) {
      const left = this.run(body);
      if (left !== label) return left;
    }
  }

  private call({ params, body }: FunctionCode, operands: readonly Node[]): Node | null {
    const { frame, constants } = this;
    this.frame = [];
    for (const [index, param] of params.entries()) this.frame[param.index] = operands[index];
    this.constants = operands.map(({ kind, immediate }) => (kind === 'const' ? immediate : '')).join();
    this.result = null;
    this.run(body);
    this.frame = frame;
    this.constants = constants;
    return this.result;
  }

  /** What the code comes to is one value, however it does so. */
  private remember({ memo, body }: Statement & { op: 'sequence' }): void {
    const { operands, result } = memo!;
    const [object, argument] = operands.map((operand) => this.evaluate(operand));
    if (object.kind !== 'const') throw new Disturbed('a memo of an unknown object');
    this.turn.silently(() => this.run(body));
    const value = this.frame[result.index];
    if (!this.turn.isSilent)
      this.frame[result.index] = this.recordings.nodes.memo(object, argument, value.now);
  }

  // --- calls of functions of few effects -------------------------------------------------------------------------

  /** Whether the branch is such a call that chains had better make as well. */
  private keepsCall(branch: Statement & { op: 'if' }): boolean {
    const { effects, likely, seen } = this.recordings;
    if (this.turn.isSilent) return false;
    const call = effects.ofBranch(branch);
    if (call === null || !this.memory.canCall(call.effects)) return false;
    const test = this.evaluate(branch.test);
    if (test.kind === 'const') return false;
    const site = this.siteOf(call.callee);
    seen.note(call.callee, site, test.now !== 0);
    if (likely !== null && !likely.isLikely(call.callee, site)) return false;
    this.keepCall(call, test);
    return true;
  }

  /** Names a place so that turns which do something more before it come to the same one. */
  private siteOf(callee: FunctionCode): string {
    const counts = this.sites.get(callee) ?? new Map<string, number>();
    const count = counts.get(this.constants) ?? 0;
    this.sites.set(callee, counts.set(this.constants, count + 1));
    return `${this.constants} ${count}`;
  }

  private keepCall({ callee, operands, sets, effects }: ConditionalCall, test: Node): void {
    const values = operands.map((operand) => this.evaluate(operand));
    const call = this.recordings.nodes.call(callee, test, values, this.turn.latestCall);
    this.turn.call(call);
    this.memory.noteCall(call, effects);
    if (test.now !== 0) this.turn.silently(() => this.call(callee, values));
    for (const { local, value } of sets) {
      const before = this.frame[local.index];
      const after = this.evaluate(value);
      this.frame[local.index] = isSameField(before, after)
        ? after
        : this.recordings.nodes.choose(test, after, before);
    }
  }

  // --- expressions -----------------------------------------------------------------------------------------------

  private evaluate(expression: Expression): Node {
    const { nodes } = this.recordings;
    switch (expression.op) {
      case 'const':
        return nodes.constant(expression.type, expression.value);
      case 'get':
        return this.frame[expression.local.index] ?? nodes.constant(expression.type, 0);
      case 'load':
        return this.memory.load(
          expression.type,
          expression.opcode,
          this.evaluate(expression.base),
          expression.offset,
        );
      case 'operate': {
        const { type, opcodes, operands } = expression;
        const one = this.evaluate(operands[0]);
        return nodes.operate(type, opcodes, one, operands.length > 1 ? this.evaluate(operands[1]) : null);
      }
      case 'choose': {
        const test = this.evaluate(expression.test);
        if (test.kind === 'const') return this.evaluate(test.now !== 0 ? expression.yes : expression.no);
        return nodes.choose(test, this.evaluate(expression.yes), this.evaluate(expression.no));
      }
    }
  }
}

/** Both read one field, before a call and after it: what is there after it is right whether it is made or not. */
function isSameField(before: Node | undefined, after: Node): boolean {
  if (before === undefined) return true;
  return isField(before) && isField(after) && before.immediate === after.immediate;
}

function bodyOf(callee: Callee): FunctionCode {
  if (!('body' in callee)) throw new Disturbed('a call of the model');
  return callee as FunctionCode;
}
