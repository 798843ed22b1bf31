import type * as acorn from 'acorn';
import type { ModelClass, ModelSource } from './source.ts';
import { isTypedArray, type TypedArray } from './values.ts';

/** An arrow function that an object of the model holds as a field: its text and the object that it belongs to. */
export interface OwnedFunction {
  readonly key: string;
  readonly node: acorn.ArrowFunctionExpression;
  readonly self: object;
  readonly owner: ModelClass;
}

export interface ArrayOwner {
  readonly object: Record<string, unknown>;
  readonly key: string;
}

/** Fields that lead to what no run looks at, such as sources and texts, or only adds to: the samples that are kept. */
const LEFT_OUT = new Set(['profile', 'worst', 'overflowCycles', 'beforeSettling', 'table']);

/** All objects of a built machine, in an order that is the same for two machines of one kind. */
export class ObjectGraph {
  readonly objects: object[] = [];
  readonly functions = new Map<unknown, OwnedFunction>();
  readonly arrays = new Map<TypedArray, ArrayOwner[]>();
  private readonly functionsInOrder: unknown[] = [];
  private readonly functionNumbers = new Map<unknown, number>();
  private readonly numbers = new Map<object, number>();
  private readonly classes = new Map<object, ModelClass | null>();

  constructor(
    readonly root: object,
    private readonly source: ModelSource,
  ) {
    this.visit(root);
  }

  /** Position of an object; -1 for one that is not of the machine. */
  numberOf(object: object): number {
    return this.numbers.get(object) ?? -1;
  }

  /** Position of a function that an object holds; -1 for any other. */
  functionNumberOf(value: unknown): number {
    return this.functionNumbers.get(value) ?? -1;
  }

  functionAt(number: number): unknown {
    return this.functionsInOrder[number];
  }

  /** Names of the classes of the objects: two machines of one kind have the same. */
  get classNames(): string[] {
    return this.objects.map((object) => object.constructor.name);
  }

  /** Whether its objects are of these classes, in this order. */
  hasClasses(names: readonly string[]): boolean {
    if (this.objects.length !== names.length) return false;
    for (const [index, object] of this.objects.entries())
      if (object.constructor.name !== names[index]) return false;
    return true;
  }

  /** Which fields hold the same typed arrays. */
  get sharing(): string {
    let sharing = '';
    for (const owners of this.arrays.values()) {
      sharing += ',';
      for (const { object, key } of owners) sharing += `=${this.numberOf(object)}.${key}`;
    }
    return sharing;
  }

  classOf(object: object): ModelClass | null {
    let found = this.classes.get(object);
    if (found === undefined) {
      found = this.source.classOf(object);
      this.classes.set(object, found);
    }
    return found;
  }

  /** Whether a field leads out of what is known of the machine. */
  isLeftOut(object: object, key: string): boolean {
    return LEFT_OUT.has(key) && this.classOf(object) !== null;
  }

  /** The classes of all objects, and their parents. */
  modelClasses(): Set<ModelClass> {
    return new Set(this.objects.flatMap((object) => this.classOf(object)?.chain ?? []));
  }

  private visit(root: object): void {
    const waiting: object[] = [root];
    this.enter(root);
    for (let object = waiting.pop(); object !== undefined; object = waiting.pop()) {
      for (const key in object) {
        const value = (object as Record<string, unknown>)[key];
        // Most are numbers: a run builds a machine for each of its blocks.
        if (typeof value !== 'object' && typeof value !== 'function') continue;
        if (value === null || LEFT_OUT.has(key)) continue;
        if (typeof value === 'function') this.noteFunction(object, key, value);
        else if (isTypedArray(value)) this.noteArray(object, key, value);
        else if (this.isPart(value) && this.enter(value)) waiting.push(value);
      }
    }
  }

  private enter(object: object): boolean {
    if (this.numbers.has(object)) return false;
    this.numbers.set(object, this.objects.push(object) - 1);
    return true;
  }

  private isPart(value: object): boolean {
    if (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype) return true;
    return this.classOf(value) !== null;
  }

  private noteFunction(object: object, key: string, value: unknown): void {
    for (const owner of this.classOf(object)?.chain ?? []) {
      const node = owner.arrows.get(key);
      if (node === undefined || (this.functions.has(value) && !mentionsThis(node))) continue;
      if (!this.functions.has(value)) this.functionNumbers.set(value, this.functionsInOrder.push(value) - 1);
      this.functions.set(value, { key, node, self: object, owner });
    }
  }

  private noteArray(object: object, key: string, array: TypedArray): void {
    const owners = this.arrays.get(array) ?? [];
    owners.push({ object: object as Record<string, unknown>, key });
    this.arrays.set(array, owners);
  }
}

/** What does not say `this` may stand in a field only until another object puts a function of its own there. */
function mentionsThis(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return false;
  return (node as acorn.Node).type === 'ThisExpression' || Object.values(node).some(mentionsThis);
}
