import type { ObjectGraph } from './graph.ts';

/** Two machines of one kind: which object of the one stands where which object of the other does. */
export class Twin {
  private readonly forth = new Map<unknown, unknown>();
  private readonly back = new Map<unknown, unknown>();

  private constructor(
    readonly model: ObjectGraph,
    readonly other: ObjectGraph,
  ) {
    for (const [index, object] of model.objects.entries()) this.pair(object, other.objects[index]);
    const functions = [...other.functions.keys()];
    for (const [index, one] of [...model.functions.keys()].entries()) this.pair(one, functions[index]);
  }

  /** Null for machines that are built differently. */
  static of(model: ObjectGraph, other: ObjectGraph): Twin | null {
    if (model.objects.length !== other.objects.length || model.functions.size !== other.functions.size)
      return null;
    const alike = model.objects.every(
      (object, index) => object.constructor === other.objects[index].constructor,
    );
    return alike ? new Twin(model, other) : null;
  }

  /** What the other machine has in its place; anything that is not part of a machine is the same for both. */
  here<T>(value: T): T {
    return this.forth.has(value) ? (this.forth.get(value) as T) : value;
  }

  /** The reverse. */
  there(value: unknown): unknown {
    return this.back.has(value) ? this.back.get(value) : value;
  }

  private pair(one: unknown, other: unknown): void {
    this.forth.set(one, other);
    this.back.set(other, one);
  }
}
