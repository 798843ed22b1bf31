import type { JsonObject, JsonPath, Position } from './json-source.ts';

/** Where a value was written down. */
export interface Layer {
  readonly kind: 'file' | 'set';
  /** File name, or the option as it was typed. */
  readonly name: string;
  locate(path: JsonPath, part?: 'key' | 'value'): Position | undefined;
}

/** A document made of layers, which remembers the layer that each value came from. */
export class LayeredDocument {
  value: unknown = {};
  readonly #layers = new Map<string, Layer>();

  /** Lays `value` over what is there: objects merge, everything else (lists too) replaces. */
  lay(value: unknown, layer: Layer): void {
    this.value = this.#merge(this.value, value, [], layer);
    if (layer.kind === 'file') this.#layers.set('', layer);
  }

  /** Writes one value at `path`, where every list on the way has the element: `vcpus.0.pinned`. */
  put(path: JsonPath, value: unknown, layer: Layer): void {
    const needsDefaultVcpu =
      path[0] === 'vcpus' && path.length > 1 && valueAt(this.value, ['vcpus']) === undefined;
    if (needsDefaultVcpu) this.lay({ vcpus: [{}] }, layer);
    if (pathText(path) === 'workload.tool') this.lay({ workload: { tool: value } }, layer);
    else this.value = replaceAt(this.value, path, this.#merge(valueAt(this.value, path), value, path, layer));
  }

  /** The layer that wrote the value at `path` or the nearest value around it. */
  layerOf(path: JsonPath): Layer | undefined {
    for (let length = path.length; length >= 0; length -= 1) {
      const layer = this.#layers.get(pathText(path.slice(0, length)));
      if (layer !== undefined) return layer;
    }
    return undefined;
  }

  #merge(below: unknown, above: unknown, path: JsonPath, layer: Layer): unknown {
    if (!isObject(below) || !isObject(above) || isAnotherTool(below, above, path)) {
      this.#forget(path);
      this.#layers.set(pathText(path), layer);
      return above;
    }
    const merged = new Map(Object.entries(below));
    for (const [key, value] of Object.entries(above)) {
      merged.set(key, this.#merge(merged.get(key), value, [...path, key], layer));
    }
    return Object.fromEntries(merged);
  }

  #forget(path: JsonPath): void {
    const prefix = path.length === 0 ? '' : `${pathText(path)}.`;
    for (const key of this.#layers.keys()) if (key.startsWith(prefix)) this.#layers.delete(key);
  }
}

/**
 * The options of one tool mean nothing to another: a workload with another tool replaces instead of
 * merging.
 */
function isAnotherTool(below: JsonObject, above: JsonObject, path: JsonPath): boolean {
  return (
    pathText(path) === 'workload' && above.tool !== undefined && above.tool !== (below.tool ?? 'cyclictest')
  );
}

function replaceAt(container: unknown, [key, ...rest]: JsonPath, value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(container))
    return container.with(Number(key), replaceAt(container[Number(key)], rest, value));
  const members = new Map(Object.entries(isObject(container) ? container : {}));
  members.set(String(key), replaceAt(members.get(String(key)), rest, value));
  return Object.fromEntries(members);
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `vcpus.0.pinned` */
export const pathText = (path: JsonPath): string => path.join('.');

/** The value at `path`; undefined where there is none. */
export function valueAt(value: unknown, path: JsonPath): unknown {
  let current: unknown = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as JsonObject)[key];
  }
  return current;
}
