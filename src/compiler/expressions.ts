import type * as acorn from 'acorn';
import { call } from './calls.ts';
import type { Compilation } from './compilation.ts';
import { Closure, type Frame } from './frame.ts';
import { evaluateTarget, readMember, type Target, writeTarget } from './members.ts';
import { binary, negative, not } from './operators.ts';
import { isInt32, known, UNDEFINED, Unsupported, unknown, type Value } from './values.ts';
import { type Expression, isStable, operate, type Statement } from './wasm/code.ts';
import { Op } from './wasm/opcodes.ts';

type Node = acorn.Expression;

/** What an expression gives; the statements that it takes are added to the code. */
export function evaluate(compilation: Compilation, frame: Frame, node: Node): Value {
  if (compilation.builder.dead) return UNDEFINED;
  switch (node.type) {
    case 'Literal':
      return known(node.value);
    case 'Identifier':
      return lookUp(frame, node.name);
    case 'ThisExpression':
      return frame.self;
    case 'MemberExpression':
      return evaluateMember(compilation, frame, node);
    case 'ChainExpression':
      return evaluate(compilation, frame, node.expression);
    case 'CallExpression':
      return call(compilation, frame, node);
    case 'BinaryExpression':
      return evaluateBinary(compilation, frame, node);
    case 'LogicalExpression':
      return logical(compilation, frame, node);
    case 'ConditionalExpression':
      return conditional(compilation, frame, node);
    case 'UnaryExpression':
      return unary(compilation, frame, node);
    case 'AssignmentExpression':
      return assign(compilation, frame, node);
    case 'UpdateExpression':
      return update(compilation, frame, node);
    case 'ArrowFunctionExpression':
      return known(new Closure(node, frame, new Map([...(frame.outer ?? []), ...frame.variables])));
    case 'ParenthesizedExpression':
      return evaluate(compilation, frame, node.expression);
    default:
      throw new Unsupported(node.type);
  }
}

export function lookUp(frame: Frame, name: string): Value {
  const value = frame.variables.get(name) ?? frame.outer?.get(name);
  if (value !== undefined) return value;
  if (name === 'undefined') return UNDEFINED;
  const binding = frame.module.resolve(name);
  if (binding?.kind === 'value') return known(binding.value);
  if (name === 'Number' || name === 'Infinity') return known(name === 'Number' ? Number : Infinity);
  throw new Unsupported(`the name ${name}`);
}

function evaluateMember(compilation: Compilation, frame: Frame, node: acorn.MemberExpression): Value {
  const { builder } = compilation;
  const object = evaluate(compilation, frame, node.object as Node);
  if (object.known && object.value == null) {
    if (node.optional || node.object.type === 'MemberExpression' || node.object.type === 'CallExpression')
      return UNDEFINED;
    builder.trap();
    return UNDEFINED;
  }
  if (!node.computed) return readMember(compilation, object, (node.property as acorn.Identifier).name);
  const [steady, index] = builder.inOrder([
    () => object,
    () => evaluateIndex(compilation, frame, node.property as Node),
  ]);
  return readMember(compilation, steady, index);
}

/** The index of an array is far from the ends of what 32 bits hold: its sums need not be exact beyond. */
export function evaluateIndex(compilation: Compilation, frame: Frame, node: Node): Value {
  return wrapping(compilation, frame, node);
}

function evaluateBinary(compilation: Compilation, frame: Frame, node: acorn.BinaryExpression): Value {
  if (node.operator === '|' && isZero(node.right)) return truncated(compilation, frame, node.left as Node);
  const [left, right] = compilation.builder.inOrder([
    () => evaluate(compilation, frame, node.left as Node),
    () => evaluate(compilation, frame, node.right as Node),
  ]);
  return binary(compilation.builder, node.operator, left, right);
}

function isZero(node: acorn.AnyNode): boolean {
  return node.type === 'Literal' && node.value === 0;
}

/** `node | 0`: sums of integers wrap as they are added up. */
function truncated(compilation: Compilation, frame: Frame, node: Node): Value {
  const { builder } = compilation;
  const value = wrapping(compilation, frame, node);
  if (value.known) return known((value.value as number) | 0);
  return unknown('i32', builder.convert.int32(value));
}

function wrapping(compilation: Compilation, frame: Frame, node: Node): Value {
  const { builder } = compilation;
  if (node.type === 'ParenthesizedExpression') return wrapping(compilation, frame, node.expression);
  if (node.type !== 'BinaryExpression' || (node.operator !== '+' && node.operator !== '-'))
    return evaluate(compilation, frame, node);
  const [left, right] = builder.inOrder([
    () => wrapping(compilation, frame, node.left as Node),
    () => wrapping(compilation, frame, node.right as Node),
  ]);
  if (!isInteger(left) || !isInteger(right)) return binary(builder, node.operator, left, right);
  if (left.known && right.known) return binary(builder, node.operator, left, right);
  const opcode = node.operator === '+' ? Op.i32Add : Op.i32Sub;
  return unknown('i32', operate('i32', opcode, builder.convert.int32(left), builder.convert.int32(right)));
}

function isInteger(value: Value): boolean {
  return value.known ? isInt32(value.value) : value.type === 'i32' || value.type === 'u32';
}

function logical(compilation: Compilation, frame: Frame, node: acorn.LogicalExpression): Value {
  const { builder } = compilation;
  const left = evaluate(compilation, frame, node.left);
  const right = () => evaluate(compilation, frame, node.right);
  if (node.operator === '??') {
    if (left.known) return left.value == null ? right() : left;
    if (left.type !== 'nullable' && left.type !== 'choice') return left;
    const steady = builder.steady(left);
    const isNull = binary(builder, '===', steady, known(null));
    return either(compilation, frame, isNull, right, () => steady);
  }
  const whenTrue = node.operator === '&&';
  if (left.known) return Boolean(left.value) === whenTrue ? right() : left;
  if (left.type !== 'bool') throw new Unsupported(`${node.operator} of a ${left.type}`);
  const steady = builder.steady(left);
  const otherwise = () => known(!whenTrue);
  return whenTrue
    ? either(compilation, frame, steady, right, otherwise)
    : either(compilation, frame, steady, otherwise, right);
}

function conditional(compilation: Compilation, frame: Frame, node: acorn.ConditionalExpression): Value {
  const test = evaluate(compilation, frame, node.test);
  return either(
    compilation,
    frame,
    test,
    () => evaluate(compilation, frame, node.consequent),
    () => evaluate(compilation, frame, node.alternate),
  );
}

/** One of two values, of which only one is computed. */
export function either(
  { builder }: Compilation,
  frame: Frame,
  test: Value,
  yes: () => Value,
  no: () => Value,
): Value {
  if (test.known) return test.value ? yes() : no();
  const join = builder.newJoin();
  const before = frame.variables;
  const side = (evaluation: () => Value) => () => {
    frame.variables = new Map(before);
    const value = evaluation();
    join.arrive(frame.variables, value);
  };
  const code = builder.convert.bool(test);
  const { out } = builder;
  builder.branch(code, side(yes), side(no));
  frame.variables = before;
  return withoutBranch(out, join.resolve(out, before));
}

/** One of two numbers that are both at hand is a value rather than a branch: what follows is the same for both. */
function withoutBranch(out: Statement[], result: Value): Value {
  const branch = out.at(-1);
  if (result.known || (result.type !== 'i32' && result.type !== 'f64') || branch?.op !== 'if') return result;
  const [yes, no] = [branch.yes, branch.no].map((side) => onlySet(side, result.code));
  if (yes === null || no === null) return result;
  out.pop();
  return unknown(result.type, { op: 'choose', type: yes.type, test: branch.test, yes, no });
}

/** What a list of statements sets a local to, if it does nothing else. */
function onlySet(list: readonly Statement[], result: Expression): Expression | null {
  const [statement, ...others] = list.flatMap((one) => (one.op === 'sequence' ? one.body : [one]));
  if (others.length > 0 || statement?.op !== 'set' || result.op !== 'get') return null;
  return statement.local === result.local && isStable(statement.value) ? statement.value : null;
}

function unary(compilation: Compilation, frame: Frame, node: acorn.UnaryExpression): Value {
  const { builder } = compilation;
  const value = evaluate(compilation, frame, node.argument);
  if (node.operator === '!') return not(builder, value);
  if (node.operator === '-') return negative(builder, value);
  throw new Unsupported(`the operator ${node.operator}`);
}

function assign(compilation: Compilation, frame: Frame, node: acorn.AssignmentExpression): Value {
  const { builder } = compilation;
  const { operator } = node;
  if (node.left.type === 'Identifier') {
    const { name } = node.left;
    if (!frame.variables.has(name)) throw new Unsupported(`assigning ${name} of an outer function`);
    const right = evaluate(compilation, frame, node.right);
    const value =
      operator === '=' ? right : binary(builder, operator.slice(0, -1), lookUp(frame, name), right);
    const steady = builder.steady(value);
    frame.variables.set(name, steady);
    return steady;
  }
  if (node.left.type !== 'MemberExpression') throw new Unsupported('assigning a pattern');
  const target = evaluateTarget(compilation, frame, node.left);
  if (operator === '??=') return assignIfNull(compilation, frame, target, node.right);
  const value = builder.steady(
    operator === '='
      ? evaluate(compilation, frame, node.right)
      : compound(compilation, frame, target, operator.slice(0, -1), node.right),
  );
  writeTarget(compilation, target, value);
  return value;
}

function compound(
  compilation: Compilation,
  frame: Frame,
  target: Target,
  operator: string,
  node: Node,
): Value {
  const { builder } = compilation;
  const [before, right] = builder.inOrder([
    () => readMember(compilation, target.object, target.key),
    () => evaluate(compilation, frame, node),
  ]);
  return binary(builder, operator, before, right);
}

function assignIfNull(compilation: Compilation, frame: Frame, target: Target, node: Node): Value {
  const before = readMember(compilation, target.object, target.key);
  if (!before.known) throw new Unsupported('??= of a field that changes');
  if (before.value != null) return before;
  const value = evaluate(compilation, frame, node);
  writeTarget(compilation, target, value);
  return value;
}

function update(compilation: Compilation, frame: Frame, node: acorn.UpdateExpression): Value {
  const { builder } = compilation;
  const operator = node.operator === '++' ? '+' : '-';
  if (node.argument.type === 'Identifier') {
    const { name } = node.argument;
    const before = frame.variables.get(name);
    if (before === undefined) throw new Unsupported(`stepping ${name} of an outer function`);
    const after = builder.steady(binary(builder, operator, before, known(1)));
    frame.variables.set(name, after);
    return node.prefix ? after : before;
  }
  const target = evaluateTarget(compilation, frame, node.argument as acorn.MemberExpression);
  const before = builder.steady(readMember(compilation, target.object, target.key));
  const after = builder.steady(binary(builder, operator, before, known(1)));
  writeTarget(compilation, target, after);
  return node.prefix ? after : before;
}
