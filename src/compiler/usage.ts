import type { ObjectGraph } from './graph.ts';

type Method = (...values: unknown[]) => unknown;

/**
 * Names of the methods, as `Class.method`, that are called while `body` runs. What a machine has not needed in its
 * first loops it will seldom need, and need not be compiled.
 */
export function methodsUsed(graph: ObjectGraph, body: () => void): ReadonlySet<string> {
  const used = new Set<string>();
  const restorers: (() => void)[] = [];
  for (const prototype of prototypesOf(graph)) restorers.push(...watch(prototype, used));
  try {
    body();
  } finally {
    for (const restore of restorers) restore();
  }
  return used;
}

function prototypesOf(graph: ObjectGraph): Set<object> {
  const found = new Set<object>();
  for (const object of graph.objects) {
    if (graph.classOf(object) === null) continue;
    let prototype = Object.getPrototypeOf(object);
    while (prototype !== Object.prototype && !found.has(prototype)) {
      found.add(prototype);
      prototype = Object.getPrototypeOf(prototype);
    }
  }
  return found;
}

function watch(prototype: object, used: Set<string>): (() => void)[] {
  const owner = prototype.constructor.name;
  return Object.entries(Object.getOwnPropertyDescriptors(prototype)).flatMap(([key, descriptor]) => {
    const { value } = descriptor;
    if (typeof value !== 'function' || key === 'constructor') return [];
    const name = `${owner}.${key}`;
    const restore = () => Object.defineProperty(prototype, key, descriptor);
    const watched = function (this: unknown, ...values: unknown[]) {
      used.add(name);
      restore();
      return (value as Method).apply(this, values);
    };
    Object.defineProperty(prototype, key, { ...descriptor, value: watched });
    return [restore];
  });
}
