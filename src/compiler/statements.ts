import type * as acorn from 'acorn';
import type { Compilation } from './compilation.ts';
import { evaluate, lookUp } from './expressions.ts';
import type { Environment, Frame } from './frame.ts';
import { doWhileLoop, forLoop, forOfLoop, whileLoop } from './loops.ts';
import { readMember } from './members.ts';
import { binary } from './operators.ts';
import { choicesOf, known, UNDEFINED, Unsupported, type Value } from './values.ts';

type Expression = acorn.Expression;

/** Adds the code of a statement, with all that it does to the variables of its function. */
export function execute(compilation: Compilation, frame: Frame, node: acorn.Statement): void {
  if (compilation.builder.dead) return;
  switch (node.type) {
    case 'ExpressionStatement':
      evaluate(compilation, frame, node.expression);
      break;
    case 'VariableDeclaration':
      for (const { id, init } of node.declarations)
        bind(compilation, frame, id, init == null ? UNDEFINED : evaluate(compilation, frame, init));
      break;
    case 'BlockStatement':
      for (const statement of node.body) execute(compilation, frame, statement);
      break;
    case 'IfStatement':
      executeIf(compilation, frame, node);
      break;
    case 'ReturnStatement':
      frame.end.enter(null, node.argument == null ? UNDEFINED : evaluate(compilation, frame, node.argument));
      break;
    case 'BreakStatement':
      frame.breaks.at(-1)!.enter(frame.variables);
      break;
    case 'ContinueStatement':
      frame.continues.at(-1)!.enter(frame.variables);
      break;
    case 'ForStatement':
      forLoop(compilation, frame, node);
      break;
    case 'ForOfStatement':
      forOfLoop(compilation, frame, node);
      break;
    case 'WhileStatement':
      whileLoop(compilation, frame, node);
      break;
    case 'DoWhileStatement':
      doWhileLoop(compilation, frame, node);
      break;
    case 'SwitchStatement':
      executeSwitch(compilation, frame, node);
      break;
    case 'ThrowStatement':
      executeThrow(compilation, frame, node);
      break;
    case 'EmptyStatement':
      break;
    default:
      throw new Unsupported(node.type);
  }
}

/** Gives the names of a pattern their values. */
export function bind(compilation: Compilation, frame: Frame, pattern: acorn.Pattern, value: Value): void {
  const { builder } = compilation;
  switch (pattern.type) {
    case 'Identifier':
      frame.variables.set(pattern.name, builder.held(value));
      break;
    case 'ObjectPattern': {
      const whole = builder.steady(value);
      for (const property of pattern.properties) {
        if (property.type !== 'Property') throw new Unsupported('a rest of properties');
        const { name } = property.key as acorn.Identifier;
        bind(compilation, frame, property.value, readMember(compilation, whole, name));
      }
      break;
    }
    case 'ArrayPattern': {
      const whole = builder.steady(value);
      for (const [index, element] of pattern.elements.entries())
        if (element !== null) bind(compilation, frame, element, readMember(compilation, whole, known(index)));
      break;
    }
    case 'AssignmentPattern': {
      const isMissing = value.known && value.value === undefined;
      bind(compilation, frame, pattern.left, isMissing ? evaluate(compilation, frame, pattern.right) : value);
      break;
    }
    default:
      throw new Unsupported(pattern.type);
  }
}

/** `if (a && b) …` is `if (a) if (b) …`: two branches, and no value to keep in between. */
function nested({ test, consequent, alternate }: acorn.IfStatement): acorn.IfStatement | null {
  if (alternate != null || test.type !== 'LogicalExpression' || test.operator !== '&&') return null;
  const type = 'IfStatement';
  const { start, end } = consequent;
  return {
    type,
    start,
    end,
    test: test.left,
    consequent: { type, start, end, test: test.right, consequent },
  };
}

function executeIf(compilation: Compilation, frame: Frame, given: acorn.IfStatement): void {
  const node = nested(given) ?? given;
  const test = evaluate(compilation, frame, node.test);
  const otherwise = () => {
    if (node.alternate != null) execute(compilation, frame, node.alternate);
  };
  if (test.known) {
    if (test.value) execute(compilation, frame, node.consequent);
    else otherwise();
    return;
  }
  const { builder } = compilation;
  const [yes, no] = refinements(compilation, frame, node.test);
  const join = builder.newJoin();
  const before = frame.variables;
  const side = (refined: Environment, body: () => void) => () => {
    frame.variables = new Map([...before, ...refined]);
    body();
    join.arrive(frame.variables);
  };
  const { out } = builder;
  const consequent = () => execute(compilation, frame, node.consequent);
  const isGuarded = node.alternate == null && isCall(node.consequent);
  builder.branch(
    builder.convert.bool(test),
    side(yes, isGuarded ? () => compilation.rarely(consequent) : consequent),
    side(no, otherwise),
  );
  frame.variables = before;
  join.resolve(out, before);
}

/** What is done on one condition and is one call is seldom done. */
function isCall(statement: acorn.Statement): boolean {
  if (statement.type === 'IfStatement') return statement.alternate == null && isCall(statement.consequent);
  return statement.type === 'ExpressionStatement';
}

const NOTHING: Environment = new Map();

/** What `name === value` tells of the variable on either side. */
function refinements(
  compilation: Compilation,
  frame: Frame,
  test: Expression,
): readonly [yes: Environment, no: Environment] {
  if (test.type !== 'BinaryExpression' || !/^[!=]==$/.test(test.operator)) return [NOTHING, NOTHING];
  if (test.left.type !== 'Identifier' || test.right.type !== 'Literal') return [NOTHING, NOTHING];
  const { name } = test.left;
  const variable = lookUp(frame, name);
  if (variable.known || variable.type !== 'choice') return [NOTHING, NOTHING];
  const { value } = test.right;
  const others = choicesOf(variable).filter((choice) => choice !== value);
  const is: Environment = new Map([[name, known(value)]]);
  const isNot: Environment = new Map([
    [name, others.length === 1 ? known(others[0]) : { ...variable, choices: others }],
  ]);
  const both = compilation.builder.dead ? [NOTHING, NOTHING] : [is, isNot];
  return test.operator === '===' ? [both[0], both[1]] : [both[1], both[0]];
}

function executeSwitch(compilation: Compilation, frame: Frame, node: acorn.SwitchStatement): void {
  const { builder } = compilation;
  const subject = builder.steady(evaluate(compilation, frame, node.discriminant));
  const end = builder.newJoin();
  frame.breaks.push(end);
  const { variables } = frame;
  const list = builder.inList(() => {
    executeCases(compilation, frame, subject, node.cases, []);
    end.arrive(frame.variables);
  });
  frame.breaks.pop();
  builder.out.push({ op: 'block', label: end.label, body: list });
  frame.variables = variables;
  end.resolve(list, variables);
}

/** Cases as a chain of conditions; each ends with a break or a return, or has no statements of its own. */
function executeCases(
  compilation: Compilation,
  frame: Frame,
  subject: Value,
  cases: readonly acorn.SwitchCase[],
  earlier: readonly Value[],
): void {
  const [first, ...others] = cases;
  if (first === undefined) return;
  const { builder } = compilation;
  const matches =
    first.test == null
      ? known(true)
      : binary(builder, '===', subject, evaluate(compilation, frame, first.test));
  const tests = [...earlier, matches];
  if (first.consequent.length === 0) {
    executeCases(compilation, frame, subject, others, tests);
    return;
  }
  const body = () => {
    for (const statement of first.consequent) execute(compilation, frame, statement);
    if (!builder.dead && others.length > 0) throw new Unsupported('a case that falls through');
  };
  const rest = () => executeCases(compilation, frame, subject, others, []);
  if (tests.some((test) => test.known && test.value)) {
    body();
    return;
  }
  const open = tests.filter((test) => !test.known);
  if (open.length === 0) {
    rest();
    return;
  }
  const code = open
    .map((test) => builder.convert.bool(test))
    .reduce((one, other) => ({ op: 'operate', type: 'i32', opcodes: [0x72], operands: [one, other] }));
  const before = frame.variables;
  const join = builder.newJoin();
  const side = (run: () => void) => () => {
    frame.variables = new Map(before);
    run();
    join.arrive(frame.variables);
  };
  const { out } = builder;
  builder.branch(code, side(body), side(rest));
  frame.variables = before;
  join.resolve(out, before);
}

/** The message with its numbers is made by the model's side. */
function executeThrow(compilation: Compilation, frame: Frame, { argument }: acorn.ThrowStatement): void {
  const { builder } = compilation;
  const [message] = argument.type === 'NewExpression' ? argument.arguments : [];
  if (message === undefined || message.type === 'SpreadElement') throw new Unsupported('this throw');
  const parts = message.type === 'TemplateLiteral' ? message.expressions : [];
  const texts =
    message.type === 'TemplateLiteral'
      ? message.quasis.map(({ value }) => value.cooked ?? '')
      : [String((evaluate(compilation, frame, message) as { value?: unknown }).value)];
  const numbers = builder.inOrder(parts.map((part) => () => evaluate(compilation, frame, part)));
  const raise = compilation.hosts.raiseOf(texts);
  builder.call(
    raise,
    numbers.map((number) => builder.convert.f64(number)),
    null,
    false,
  );
  builder.trap();
}
