import type * as acorn from 'acorn';
import type { Closure, Environment } from './frame.ts';
import type { OwnedFunction } from './graph.ts';
import type { FunctionNode, Method, ModelClass, ModelModule } from './source.ts';
import { known, UNDEFINED, type Value } from './values.ts';

/** A function of the model with all that it is bound to. */
export interface FunctionRef {
  readonly name: string;
  readonly isMethod: boolean;
  readonly node: FunctionNode;
  readonly module: ModelModule;
  readonly owner: ModelClass | null;
  readonly self: Value;
  readonly outer: Environment | null;
  /** Where the model has it: in a module, or as a method of `self`; null for what exists only in compiled code. */
  readonly original: { readonly module: string | null; readonly name: string } | null;
}

/** Finds out what a function is bound to, and how large it is. */
export class Functions {
  private readonly sizes = new Map<FunctionNode, number>();
  private readonly numbers = new Map<FunctionNode, number>();
  private readonly returns = new Map<FunctionNode, Returns>();

  ofModule(node: acorn.FunctionDeclaration, module: ModelModule): FunctionRef {
    const { name } = node.id;
    const original = { module: module.path, name };
    return { name, isMethod: false, node, module, owner: null, self: UNDEFINED, outer: null, original };
  }

  ofMethod({ node, owner, name, kind }: Method, self: Value): FunctionRef {
    const original = self.known && kind === 'method' ? { module: null, name } : null;
    const { module } = owner;
    return {
      name: `${owner.name}.${name}`,
      isMethod: true,
      node,
      module,
      owner,
      self,
      outer: null,
      original,
    };
  }

  ofArrow({ key, node, self, owner }: OwnedFunction): FunctionRef {
    const name = `${owner.name}.${key}`;
    const original = { module: null, name: key };
    const { module } = owner;
    return { name, isMethod: false, node, module, owner, self: known(self), outer: null, original };
  }

  ofClosure({ node, frame, variables }: Closure): FunctionRef {
    const { module, owner, self } = frame;
    return {
      name: 'a closure',
      isMethod: false,
      node,
      module,
      owner,
      self,
      outer: variables,
      original: null,
    };
  }

  /** Nodes of the syntax tree. */
  sizeOf(node: FunctionNode): number {
    let size = this.sizes.get(node);
    if (size === undefined) {
      size = countNodes(node.body);
      this.sizes.set(node, size);
    }
    return size;
  }

  /** What a function returns, by the form of its returns: for calls of one that is not compiled, or not yet. */
  returnsOf(node: FunctionNode): Returns {
    let returns = this.returns.get(node);
    if (returns === undefined) {
      returns = returnsByForm(node);
      this.returns.set(node, returns);
    }
    return returns;
  }

  numberOf(node: FunctionNode): number {
    const number = this.numbers.get(node) ?? this.numbers.size;
    this.numbers.set(node, number);
    return number;
  }
}

function countNodes(node: unknown): number {
  if (typeof node !== 'object' || node === null) return 0;
  const own = Array.isArray(node) ? 0 : 1;
  return Object.values(node).reduce<number>((sum, child) => sum + countNodes(child), own);
}

type Returns = 'nothing' | 'bool' | 'f64' | 'anything';

function returnsByForm(node: FunctionNode): Returns {
  const found: acorn.Expression[] = [];
  if (node.body.type === 'BlockStatement') collectReturns(node.body, found);
  else found.push(node.body);
  if (found.length === 0) return 'nothing';
  // What a call returns cannot be seen; beside a boolean it is one, beside a number too.
  if (found.some(isBoolean)) return 'bool';
  return found.some(isNumeric) ? 'f64' : 'anything';
}

function collectReturns(node: unknown, found: acorn.Expression[]): void {
  if (Array.isArray(node)) {
    for (const one of node) collectReturns(one, found);
    return;
  }
  if (typeof node !== 'object' || node === null) return;
  const { type } = node as acorn.AnyNode;
  if (type === 'ArrowFunctionExpression' || type === 'FunctionExpression') return;
  if (type === 'ReturnStatement') {
    const { argument } = node as acorn.ReturnStatement;
    if (argument != null) found.push(argument);
    return;
  }
  for (const value of Object.values(node)) collectReturns(value, found);
}

const BOOLEAN_OPERATORS = new Set(['===', '!==', '<', '>', '<=', '>=']);

function isBoolean(node: acorn.AnyNode): boolean {
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'boolean';
    case 'UnaryExpression':
      return node.operator === '!';
    case 'BinaryExpression':
      return BOOLEAN_OPERATORS.has(node.operator);
    case 'LogicalExpression':
      return isBoolean(node.left) && isBoolean(node.right);
    case 'ConditionalExpression':
      return isBoolean(node.consequent) && isBoolean(node.alternate);
    default:
      return false;
  }
}

const ARITHMETIC_OPERATORS = new Set(['+', '-', '*', '/', '%', '|', '&', '^', '<<', '>>', '>>>']);

function isNumeric(node: acorn.AnyNode): boolean {
  switch (node.type) {
    case 'Literal':
      return typeof node.value === 'number';
    case 'UnaryExpression':
      return node.operator === '-';
    case 'BinaryExpression':
      return ARITHMETIC_OPERATORS.has(node.operator);
    case 'ConditionalExpression':
      return isNumeric(node.consequent) || isNumeric(node.alternate);
    case 'CallExpression':
      return node.callee.type === 'MemberExpression'
        ? node.callee.object.type === 'Identifier' && node.callee.object.name === 'Math'
        : node.callee.type === 'Identifier' && node.callee.name === 'Number';
    default:
      return false;
  }
}
