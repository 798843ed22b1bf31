import type * as acorn from 'acorn';
import type { FunctionRef } from './functions.ts';
import type { Heap } from './heap.ts';

const GLOBALS = new Set(['BigInt', 'Number', 'Math']);

/** Whether a function looks at nothing that changes, changes nothing, and calls only what the language brings. */
export function isPure({ node, self }: FunctionRef, heap: Heap): boolean {
  const readsConstants = (name: string) =>
    self.known &&
    typeof self.value === 'object' &&
    self.value !== null &&
    heap.cellOf(self.value, name) === null;
  return isHarmless(node.body, readsConstants);
}

function isHarmless(node: unknown, readsConstants: (name: string) => boolean): boolean {
  if (Array.isArray(node)) return node.every((one) => isHarmless(one, readsConstants));
  if (typeof node !== 'object' || node === null) return true;
  const syntax = node as acorn.AnyNode;
  switch (syntax.type) {
    case 'AssignmentExpression':
      if (syntax.left.type !== 'Identifier') return false;
      break;
    case 'UpdateExpression':
      if (syntax.argument.type !== 'Identifier') return false;
      break;
    case 'NewExpression':
      return false;
    case 'CallExpression':
      if (!callsGlobal(syntax)) return false;
      return isHarmless(syntax.arguments, readsConstants);
    case 'MemberExpression': {
      if (syntax.object.type !== 'ThisExpression' || syntax.computed) return false;
      return readsConstants((syntax.property as acorn.Identifier).name);
    }
    case 'ThisExpression':
      return false;
  }
  return Object.values(node).every((child) => isHarmless(child, readsConstants));
}

function callsGlobal({ callee }: acorn.CallExpression): boolean {
  const name = callee.type === 'MemberExpression' ? callee.object : callee;
  return name.type === 'Identifier' && GLOBALS.has(name.name);
}
