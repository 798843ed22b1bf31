import type * as acorn from 'acorn';
import type { ObjectGraph } from './graph.ts';
import type { FunctionNode, ModelClass, ModelModule } from './source.ts';

const GLOBALS = new Set(['BigInt', 'Number', 'Boolean', 'String']);

/**
 * The names that a function of the model mentions, and all that it may call: no field of another name can be read or
 * written by it. Null where that cannot be told.
 */
export function namesMentioned(
  node: FunctionNode,
  module: ModelModule,
  graph: ObjectGraph,
): ReadonlySet<string> | null {
  const search = new Search(graph);
  search.enter(node, module);
  search.enterPassedOn();
  return search.isComplete ? search.names : null;
}

class Search {
  readonly names = new Set<string>();
  isComplete = true;
  private readonly entered = new Set<unknown>();
  private readonly classes: ReadonlySet<ModelClass>;
  /** Something calls a function that it has in a variable. */
  private callsVariable = false;

  constructor(private readonly graph: ObjectGraph) {
    this.classes = graph.modelClasses();
  }

  enter(node: acorn.AnyNode | null | undefined, module: ModelModule): void {
    if (node == null || this.entered.has(node)) return;
    this.entered.add(node);
    this.walk(node, module);
  }

  /** Functions of fields may be what variables hold that are called. New names turn up on the way. */
  enterPassedOn(): void {
    if (!this.callsVariable) return;
    for (const name of this.names) this.enterHeld(name);
  }

  private walk(node: unknown, module: ModelModule): void {
    if (!this.isComplete || typeof node !== 'object' || node === null) return;
    if (Array.isArray(node)) {
      for (const one of node) this.walk(one, module);
      return;
    }
    const syntax = node as acorn.AnyNode;
    this.note(syntax, module);
    const isNamed = (syntax.type === 'MemberExpression' || syntax.type === 'Property') && !syntax.computed;
    for (const [part, child] of Object.entries(node)) {
      if (!isNamed || (part !== 'property' && part !== 'key')) this.walk(child, module);
    }
  }

  private note(node: acorn.AnyNode, module: ModelModule): void {
    switch (node.type) {
      case 'Identifier': {
        const called = module.resolve(node.name);
        if (called?.kind === 'function') this.enter(called.node, called.module);
        break;
      }
      case 'MemberExpression':
        if (!node.computed) this.mentionField((node.property as acorn.Identifier).name);
        break;
      case 'ObjectPattern':
        for (const property of node.properties) {
          if (property.type === 'Property') this.mentionField((property.key as acorn.Identifier).name);
          else this.isComplete = false;
        }
        break;
      case 'ObjectExpression':
        if (node.properties.some(({ type }) => type !== 'Property')) this.isComplete = false;
        break;
      case 'CallExpression':
        this.call(node.callee, module);
        break;
      case 'NewExpression':
        if (node.callee.type === 'Identifier') this.construct(node.callee.name, module);
    }
  }

  /** A field, or an accessor of any class. */
  private mentionField(name: string): void {
    if (this.names.has(name)) return;
    this.names.add(name);
    this.enterMembers((owner) => owner.accessorsNamed(name));
  }

  private construct(name: string, module: ModelModule): void {
    for (const { node, module: own } of module.classNamed(name)?.chain ?? []) {
      for (const member of node.body.body) {
        if (member.type === 'PropertyDefinition') this.enter(member, own);
        if (member.type === 'MethodDefinition' && member.kind === 'constructor')
          this.enter(member.value, own);
      }
    }
  }

  private call(callee: acorn.CallExpression['callee'], module: ModelModule): void {
    if (callee.type === 'MemberExpression' && callee.property.type === 'Identifier') {
      const { name } = callee.property;
      this.enterMembers((owner) => owner.membersNamed(name));
      this.enterHeld(name);
    } else if (callee.type === 'Identifier') {
      const called = GLOBALS.has(callee.name) ? null : module.resolve(callee.name);
      if (called?.kind === 'value') this.isComplete = false;
      if (called === undefined) this.callsVariable = true;
    } else if (callee.type !== 'Super') {
      this.isComplete = false;
    }
  }

  private enterMembers(members: (owner: ModelClass) => readonly FunctionNode[]): void {
    for (const owner of this.classes) {
      for (const member of members(owner)) this.enter(member, owner.module);
    }
  }

  /** Functions that objects have in fields of a name. */
  private enterHeld(name: string): void {
    for (const object of this.graph.objects) {
      const value: unknown = Object.getOwnPropertyDescriptor(object, name)?.value;
      if (typeof value !== 'function') continue;
      const held = this.graph.functions.get(value);
      if (held === undefined) this.isComplete = false;
      else this.enter(held.node, held.owner.module);
    }
  }
}
