import type * as acorn from 'acorn';
import type { Compilation } from './compilation.ts';
import { either, evaluate } from './expressions.ts';
import { Closure, type Frame } from './frame.ts';
import type { FunctionRef } from './functions.ts';
import { eachChoice, readMember } from './members.ts';
import { math } from './operators.ts';
import { known, UNDEFINED, Unsupported, type Value } from './values.ts';

/** A call in the model's text: of a method, of a function of its module, of an arrow function. */
export function call(compilation: Compilation, frame: Frame, node: acorn.CallExpression): Value {
  const { callee } = node;
  if (callee.type === 'MemberExpression') return callMember(compilation, frame, node, callee);
  if (callee.type !== 'Identifier') throw new Unsupported(`a call of a ${callee.type}`);
  const local = frame.variables.get(callee.name) ?? frame.outer?.get(callee.name);
  if (local !== undefined) return callValue(compilation, frame, local, node);
  const binding = frame.module.resolve(callee.name);
  if (binding?.kind === 'function') {
    const ref = compilation.functions.ofModule(binding.node, binding.module);
    return compilation.callFunction(ref, argumentsOf(compilation, frame, node));
  }
  throw new Unsupported(`the function ${callee.name}`);
}

function argumentsOf(compilation: Compilation, frame: Frame, node: acorn.CallExpression): Value[] {
  const evaluations = node.arguments.map((argument) => {
    if (argument.type === 'SpreadElement') throw new Unsupported('spread arguments');
    return () => evaluate(compilation, frame, argument);
  });
  return compilation.builder.inOrder(evaluations);
}

function callMember(
  compilation: Compilation,
  frame: Frame,
  node: acorn.CallExpression,
  callee: acorn.MemberExpression,
): Value {
  const name = (callee.property as acorn.Identifier).name;
  if (callee.computed) throw new Unsupported('a call of an element');
  if (isGlobal(frame, callee.object, 'Math'))
    return math(compilation.builder, name, argumentsOf(compilation, frame, node));
  if (callee.object.type === 'Super') {
    const method = frame.owner?.parent?.method(name);
    if (method == null) throw new Unsupported(`super.${name}`);
    return compilation.callMethod(method, frame.self, argumentsOf(compilation, frame, node));
  }
  const receiver = compilation.builder.held(evaluate(compilation, frame, callee.object as acorn.Expression));
  if (receiver.known && receiver.value == null) {
    if (!callee.optional && !isChained(callee.object)) compilation.builder.trap();
    return UNDEFINED;
  }
  if (receiver.known && Array.isArray(receiver.value))
    return callOnArray(compilation, frame, receiver.value, name, node);
  if (receiver.known) return callOn(compilation, frame, receiver.value, name, node);
  if (receiver.type === 'pointer') {
    const method = receiver.struct!.modelClass.method(name);
    if (method?.kind !== 'method') throw new Unsupported(`${name} of one of many objects`);
    return compilation.callMethod(method, receiver, argumentsOf(compilation, frame, node));
  }
  if (receiver.type !== 'choice') throw new Unsupported(`a method of a ${receiver.type}`);
  return eachChoice(compilation, receiver, (one) => callOn(compilation, frame, one, name, node));
}

function isChained(node: acorn.AnyNode): boolean {
  return node.type === 'MemberExpression' && (node.optional === true || isChained(node.object));
}

function isGlobal(frame: Frame, node: acorn.AnyNode, name: string): boolean {
  return node.type === 'Identifier' && node.name === name && !frame.variables.has(name);
}

function callOn(
  compilation: Compilation,
  frame: Frame,
  object: unknown,
  name: string,
  node: acorn.CallExpression,
): Value {
  if (typeof object !== 'object' || object === null) {
    if (object === Number && name === 'isSafeInteger') throw new Unsupported('Number.isSafeInteger');
    throw new Unsupported(`${name} of a ${typeof object}`);
  }
  const method = compilation.graph.classOf(object)?.method(name);
  if (method?.kind === 'method')
    return compilation.callMethod(method, known(object), argumentsOf(compilation, frame, node));
  const value = readMember(compilation, known(object), name);
  if (value.known && value.value == null && node.optional) return UNDEFINED;
  return callValue(compilation, frame, value, node);
}

/** Calls what a variable or a field holds. */
function callValue(compilation: Compilation, frame: Frame, value: Value, node: acorn.CallExpression): Value {
  if (!value.known) {
    if (value.type !== 'choice') throw new Unsupported('a call of what is no function');
    return eachChoice(compilation, value, (one) => callValue(compilation, frame, known(one), node));
  }
  return compilation.callFunction(refOf(compilation, value.value), argumentsOf(compilation, frame, node));
}

export function refOf(compilation: Compilation, value: unknown): FunctionRef {
  if (value instanceof Closure) return compilation.functions.ofClosure(value);
  const owned = compilation.graph.functions.get(value);
  if (owned === undefined) throw new Unsupported('a function of unknown origin');
  return compilation.functions.ofArrow(owned);
}

/** The methods of arrays that the model uses, over arrays whose elements never change. */
function callOnArray(
  compilation: Compilation,
  frame: Frame,
  array: unknown[],
  name: string,
  node: acorn.CallExpression,
): Value {
  const [first] = argumentsOf(compilation, frame, node);
  const elements = array.map((_, index) => compilation.element(array, index));
  if (name === 'at' && first.known) return elements.at(first.value as number) ?? UNDEFINED;
  if (name === 'indexOf' && first.known) return known(array.indexOf(first.value));
  if (name === 'includes' && first.known) return known(array.includes(first.value));
  if (!first.known || !(first.value instanceof Closure)) throw new Unsupported(`${name} of an array`);
  const ref = compilation.functions.ofClosure(first.value);
  const test = (element: Value) => () => compilation.callFunction(ref, [element]);
  const isTrue = (): Value => known(true);
  switch (name) {
    case 'some':
      return elements.reduceRight<() => Value>(
        (rest, element) => () => either(compilation, frame, test(element)(), isTrue, rest),
        () => known(false),
      )();
    case 'every':
      return elements.reduceRight<() => Value>(
        (rest, element) => () => either(compilation, frame, test(element)(), rest, () => known(false)),
        isTrue,
      )();
    case 'find':
      return elements.reduceRight<() => Value>(
        (rest, element) => () => either(compilation, frame, test(element)(), () => element, rest),
        () => UNDEFINED,
      )();
    default:
      throw new Unsupported(`${name} of an array`);
  }
}
