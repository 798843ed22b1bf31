import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { compileFunction } from 'node:vm';
import type * as acorn from 'acorn';
import type { PackedModel } from './build/pack.ts';

type ClassNode = acorn.ClassDeclaration;
type Statement = acorn.Program['body'][number];
export type FunctionNode =
  | acorn.FunctionDeclaration
  | acorn.FunctionExpression
  | acorn.ArrowFunctionExpression;

/** What a name at the top of a module stands for. */
export type Binding =
  | { readonly kind: 'function'; readonly node: acorn.FunctionDeclaration; readonly module: ModelModule }
  | { readonly kind: 'value'; readonly value: unknown };

export interface Method {
  readonly name: string;
  readonly node: FunctionNode;
  readonly kind: 'method' | 'get' | 'set';
  readonly owner: ModelClass;
}

/** One module of the model, as the build has left it. */
export class ModelModule {
  readonly functions = new Map<string, acorn.FunctionDeclaration>();
  readonly classes = new Map<string, ModelClass>();
  readonly imports = new Map<string, { readonly from: string; readonly name: string }>();
  private values: Record<string, unknown> | null = null;

  constructor(
    readonly path: string,
    private readonly statements: readonly Statement[],
    readonly source: ModelSource,
  ) {
    for (const statement of statements) this.declare(statement);
  }

  private declare(statement: Statement): void {
    if (statement.type === 'ImportDeclaration') this.declareImports(statement);
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declaration?.type === 'FunctionDeclaration') {
      this.functions.set(declaration.id.name, declaration as acorn.FunctionDeclaration);
    } else if (declaration?.type === 'ClassDeclaration') {
      const node = declaration as ClassNode;
      this.classes.set(node.id.name, new ModelClass(node, this));
    }
  }

  private declareImports({ source, specifiers }: acorn.ImportDeclaration): void {
    const from = String(source.value);
    if (!from.startsWith('.')) return;
    for (const { type, local, ...specifier } of specifiers) {
      if (type !== 'ImportSpecifier' || !('imported' in specifier)) continue;
      const name = (specifier.imported as acorn.Identifier).name;
      this.imports.set(local.name, { from: posix.join(posix.dirname(this.path), from), name });
    }
  }

  /** What a free name of a function in this module means; undefined for one that the language brings. */
  resolve(name: string): Binding | undefined {
    const node = this.functions.get(name);
    if (node !== undefined) return { kind: 'function', node, module: this };
    const imported = this.imports.get(name);
    if (imported !== undefined) return this.source.module(imported.from).resolve(imported.name);
    const values = this.evaluate();
    return name in values ? { kind: 'value', value: values[name] } : undefined;
  }

  /** The class that a name of this module stands for. */
  classNamed(name: string): ModelClass | null {
    const imported = this.imports.get(name);
    const module = imported === undefined ? this : this.source.module(imported.from);
    return module.classes.get(imported?.name ?? name) ?? null;
  }

  /** Calls a function of the module. */
  callFunction(name: string, values: readonly unknown[]): unknown {
    return (this.evaluate()[name] as (...values: readonly unknown[]) => unknown)(...values);
  }

  /**
   * The values of the module's own names, from running its text once more. They are the same as those that the model
   * itself uses, since a module of the model depends on nothing but what it imports.
   */
  private evaluate(): Record<string, unknown> {
    this.values ??= this.run();
    return this.values;
  }

  private run(): Record<string, unknown> {
    const names = this.statements.flatMap(namesDeclaredBy);
    const parameters = [...this.imports.keys()];
    const whole = this.source.textOf(this.path);
    const text = this.statements.map((statement) => declarationIn(whole, statement)).join('\n');
    const body = `'use strict';\n${text}\nreturn { ${names.join(', ')} };`;
    const run = compileFunction(body, parameters, { filename: this.path });
    return run(...parameters.map((name) => this.imported(name)));
  }

  private imported(name: string): unknown {
    const { from, name: exported } = this.imports.get(name)!;
    const module = this.source.module(from);
    const { [exported]: value } = module.evaluate();
    return value;
  }
}

/** The text of a statement at the top of a module, without its `export`. */
function declarationIn(text: string, statement: Statement): string {
  if (statement.type === 'ImportDeclaration') return '';
  const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
  return declaration == null ? '' : text.slice(declaration.start, declaration.end);
}

function namesDeclaredBy(statement: Statement): string[] {
  const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
  switch (declaration?.type) {
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
      return [declaration.id!.name];
    case 'VariableDeclaration':
      return declaration.declarations.map(({ id }) => (id as acorn.Identifier).name);
    default:
      return [];
  }
}

/** A class of the model: its methods by name, those of its parents behind its own. */
export class ModelClass {
  private readonly methods = new Map<string, Method>();
  /** Fields that hold an arrow function of their own: `this.name = () => …` in the constructor. */
  readonly arrows = new Map<string, acorn.ArrowFunctionExpression>();

  constructor(
    readonly node: ClassNode,
    readonly module: ModelModule,
  ) {
    for (const member of node.body.body) if (member.type === 'MethodDefinition') this.declare(member);
  }

  get name(): string {
    return this.node.id.name;
  }

  private declare({ key, kind, value }: acorn.MethodDefinition): void {
    if (kind === 'constructor') {
      for (const inner of value.body.body) this.declareArrow(inner);
      return;
    }
    const name = (key as acorn.Identifier).name;
    this.methods.set(kind === 'set' ? `set ${name}` : name, { name, node: value, kind, owner: this });
  }

  private declareArrow(statement: acorn.Statement): void {
    if (statement.type !== 'ExpressionStatement') return;
    const { expression } = statement;
    if (expression.type !== 'AssignmentExpression' || expression.left.type !== 'MemberExpression') return;
    const { object, property } = expression.left;
    if (object.type !== 'ThisExpression' || expression.right.type !== 'ArrowFunctionExpression') return;
    this.arrows.set((property as acorn.Identifier).name, expression.right);
  }

  get parent(): ModelClass | null {
    const { superClass } = this.node;
    if (superClass == null) return null;
    return this.module.classNamed((superClass as acorn.Identifier).name);
  }

  method(name: string): Method | null {
    return this.methods.get(name) ?? this.parent?.method(name) ?? null;
  }

  /** Names of its own methods, as `Class.method`. */
  methodNames(): string[] {
    return [...this.methods.keys()].map((name) => `${this.name}.${name}`);
  }

  /** Its own method of a name, or the accessors. */
  membersNamed(name: string): FunctionNode[] {
    const method = this.methods.get(name);
    return method?.kind === 'method' ? [method.node] : this.accessorsNamed(name);
  }

  accessorsNamed(name: string): FunctionNode[] {
    const accessors = [this.methods.get(name), this.methods.get(`set ${name}`)];
    return accessors.flatMap((one) => (one === undefined || one.kind === 'method' ? [] : [one.node]));
  }

  /** Itself and its parents. */
  get chain(): readonly ModelClass[] {
    return [this, ...(this.parent?.chain ?? [])];
  }
}

/** The model's classes and functions as the build has packed them, unpacked module by module as they are needed. */
export class ModelSource {
  private readonly modules = new Map<string, ModelModule>();
  private readonly classes = new Map<string, string>();

  /** `folder`: where the paths of the packed modules begin. */
  constructor(
    readonly packed: PackedModel,
    private readonly folder: URL,
  ) {
    for (const [path, { classes }] of Object.entries(packed.modules)) {
      for (const name of classes) this.classes.set(name, path);
    }
  }

  static read(): ModelSource {
    const folder = new URL('../../dist/', import.meta.url);
    const packed = JSON.parse(readFileSync(new URL('compiler/model.json', folder), 'utf8'));
    return new ModelSource(packed as PackedModel, folder);
  }

  module(path: string): ModelModule {
    let module = this.modules.get(path);
    if (module === undefined) {
      module = new ModelModule(path, JSON.parse(this.packed.modules[path].tree) as Statement[], this);
      this.modules.set(path, module);
    }
    return module;
  }

  /** The class that an object was made by; null for one that is not of the model. */
  classOf(object: object): ModelClass | null {
    const { name } = object.constructor;
    const path = this.classes.get(name);
    return path === undefined ? null : (this.module(path).classes.get(name) ?? null);
  }

  textOf(path: string): string {
    return readFileSync(new URL(path, this.folder), 'utf8');
  }
}
