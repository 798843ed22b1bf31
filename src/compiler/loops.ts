import type * as acorn from 'acorn';
import { CellSet } from './cell-set.ts';
import type { Compilation } from './compilation.ts';
import { evaluate } from './expressions.ts';
import type { Frame } from './frame.ts';
import { bind, execute } from './statements.ts';
import { isInt32, type Unknown, Unsupported, type Value, type ValueType, wasmTypeOf } from './values.ts';
import { get, type Local } from './wasm/code.ts';

/** Turns of a loop that are written out one after the other, as long as it is known that there is a next one. */
const MOST_TURNS = 64;

interface Loop {
  readonly test: acorn.Expression | null;
  readonly body: acorn.Statement;
  readonly update: acorn.Expression | null;
  /** All that may assign variables. */
  readonly parts: readonly (acorn.AnyNode | null)[];
}

export function forLoop(compilation: Compilation, frame: Frame, node: acorn.ForStatement): void {
  const { init, test = null, update = null, body } = node;
  if (init != null && init.type === 'VariableDeclaration') execute(compilation, frame, init);
  else if (init != null) evaluate(compilation, frame, init);
  run(compilation, frame, {
    test: test ?? null,
    update: update ?? null,
    body,
    parts: [test ?? null, update ?? null, body],
  });
}

export function whileLoop(
  compilation: Compilation,
  frame: Frame,
  { test, body }: acorn.WhileStatement,
): void {
  run(compilation, frame, { test, update: null, body, parts: [test, body] });
}

/** Writes out turns while the test is known to hold, then a loop for the rest. */
function run(compilation: Compilation, frame: Frame, loop: Loop, startsUntested = false): void {
  const { builder } = compilation;
  const end = builder.newJoin();
  const { variables } = frame;
  frame.breaks.push(end);
  const list = builder.inList(() => {
    if (startsUntested) oneTurn(compilation, frame, loop.body);
    for (let turn = 0; !builder.dead; turn++) {
      const test = turn < MOST_TURNS && loop.test !== null ? tryTest(compilation, frame, loop.test) : null;
      if (test === null) {
        dynamicLoop(compilation, frame, loop);
        return;
      }
      if (!test.value) break;
      oneTurn(compilation, frame, loop.body);
      if (loop.update !== null && !builder.dead) evaluate(compilation, frame, loop.update);
    }
    end.arrive(frame.variables);
  });
  frame.breaks.pop();
  builder.out.push({ op: 'block', label: end.label, body: list });
  frame.variables = variables;
  end.resolve(list, variables);
}

/** The test's value if it is known already; leaves no code. */
function tryTest(compilation: Compilation, frame: Frame, test: acorn.Expression): { value: unknown } | null {
  const { builder } = compilation;
  const mark = builder.out.length;
  const valid = builder.valid.copy();
  const value = evaluate(compilation, frame, test);
  if (value.known) return value;
  builder.out.length = mark;
  builder.valid = valid;
  builder.dead = false;
  return null;
}

function oneTurn(compilation: Compilation, frame: Frame, body: acorn.Statement): void {
  const { builder } = compilation;
  const next = builder.newJoin();
  const { variables } = frame;
  frame.continues.push(next);
  const list = builder.inList(() => {
    execute(compilation, frame, body);
    next.arrive(frame.variables);
  });
  frame.continues.pop();
  builder.out.push({ op: 'block', label: next.label, body: list });
  frame.variables = variables;
  next.resolve(list, variables);
}

function dynamicLoop(compilation: Compilation, frame: Frame, loop: Loop): void {
  const { builder } = compilation;
  const carried = new Carried(compilation, frame, loop.parts);
  builder.valid = new CellSet();
  const head = { used: true };
  const body = builder.inList(() => {
    if (loop.test !== null) leaveUnless(compilation, frame, loop.test);
    oneTurn(compilation, frame, loop.body);
    if (loop.update !== null && !builder.dead) evaluate(compilation, frame, loop.update);
    carried.goBack();
    builder.emit({ op: 'break', label: head });
  });
  builder.out.push({ op: 'loop', label: head, body });
  builder.dead = true;
}

function leaveUnless(compilation: Compilation, frame: Frame, test: acorn.Expression): void {
  const { builder } = compilation;
  const value = evaluate(compilation, frame, test);
  if (value.known) {
    if (!value.value) frame.breaks.at(-1)!.enter(frame.variables);
    return;
  }
  const code = builder.convert.bool(value);
  builder.branch(
    code,
    () => {},
    () => frame.breaks.at(-1)!.enter(frame.variables),
  );
}

/** The first turn is written out by itself: mostly it is the only one. */
export function doWhileLoop(
  compilation: Compilation,
  frame: Frame,
  { test, body }: acorn.DoWhileStatement,
): void {
  run(compilation, frame, { test, update: null, body, parts: [test, body] }, true);
}

/** Over what the machine holds a fixed number of: each turn is written out. */
export function forOfLoop(compilation: Compilation, frame: Frame, node: acorn.ForOfStatement): void {
  const { builder } = compilation;
  const over = evaluate(compilation, frame, node.right);
  if (!over.known || !Array.isArray(over.value)) throw new Unsupported('a loop over what is not an array');
  const [{ id }] = (node.left as acorn.VariableDeclaration).declarations;
  const end = builder.newJoin();
  const { variables } = frame;
  frame.breaks.push(end);
  const list = builder.inList(() => {
    for (let index = 0; index < (over.value as unknown[]).length && !builder.dead; index++) {
      bind(compilation, frame, id, compilation.element(over.value as unknown[], index));
      oneTurn(compilation, frame, node.body);
    }
    end.arrive(frame.variables);
  });
  frame.breaks.pop();
  builder.out.push({ op: 'block', label: end.label, body: list });
  frame.variables = variables;
  end.resolve(list, variables);
}

/** Variables that a turn hands to the next one, each in a local of its own. */
class Carried {
  private readonly locals = new Map<
    string,
    { readonly local: Local; readonly type: ValueType; readonly value: Unknown }
  >();
  private readonly frame: Frame;
  private readonly compilation: Compilation;

  constructor(compilation: Compilation, frame: Frame, parts: readonly (acorn.AnyNode | null)[]) {
    this.frame = frame;
    this.compilation = compilation;
    const steps = new Map<string, boolean>();
    for (const part of parts) collectAssigned(part, steps);
    for (const [name, onlySteps] of steps) {
      const before = frame.variables.get(name);
      if (before !== undefined) this.carry(name, before, onlySteps);
    }
  }

  private carry(name: string, before: Value, onlySteps: boolean): void {
    const { builder } = this.compilation;
    const type = carriedType(before, onlySteps);
    const local = builder.newLocal(wasmTypeOf(type));
    builder.set(local, builder.convert.as(type, before));
    const choices = before.known ? undefined : before.choices;
    const array = before.known ? undefined : before.array;
    const value: Unknown = { known: false, type, code: get(local), choices, array };
    this.locals.set(name, { local, type, value });
    this.frame.variables.set(name, value);
  }

  /** Sets the locals for the next turn. */
  goBack(): void {
    const { builder } = this.compilation;
    if (builder.dead) return;
    for (const [name, { local, type, value }] of this.locals) {
      const after = this.frame.variables.get(name)!;
      if (after === value) continue;
      if (type === 'choice' && !choicesWithin(after, value)) throw new Unsupported('a choice that grows');
      builder.set(local, builder.convert.as(type, after));
    }
  }
}

function choicesWithin(after: Value, { choices }: Unknown): boolean {
  const values = after.known ? [after.value] : (after.choices ?? [Symbol()]);
  return values.every((value) => choices!.includes(value));
}

function carriedType(before: Value, onlySteps: boolean): ValueType {
  if (!before.known) return before.type === 'i32' && !onlySteps ? 'f64' : before.type;
  if (typeof before.value === 'boolean') return 'bool';
  if (typeof before.value !== 'number') throw new Unsupported('an object that a loop replaces');
  return onlySteps && isInt32(before.value) ? 'i32' : 'f64';
}

/** Names that are assigned somewhere below a node; true for those that only count. */
function collectAssigned(node: unknown, found: Map<string, boolean>): void {
  if (Array.isArray(node)) {
    for (const one of node) collectAssigned(one, found);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const { type } = node as acorn.AnyNode;
  if (type === 'AssignmentExpression') {
    const { left } = node as acorn.AssignmentExpression;
    if (left.type === 'Identifier') found.set(left.name, false);
  } else if (type === 'UpdateExpression') {
    const { argument } = node as acorn.UpdateExpression;
    if (argument.type === 'Identifier') found.set(argument.name, found.get(argument.name) ?? true);
  }
  for (const value of Object.values(node)) collectAssigned(value, found);
}
