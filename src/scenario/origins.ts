import type { JsonPath } from './json-source.ts';
import { isObject, type LayeredDocument, pathText, valueAt } from './merge.ts';
import { type PresetSource, presetSource } from './presets.ts';
import type { ResolvedMachine } from './resolve.ts';

/** Why a value of a resolved scenario is what it is. */
export type Origin =
  | { readonly kind: 'file'; readonly file: string; readonly line: number; readonly column: number }
  | { readonly kind: 'set'; readonly option: string }
  /** The default of the scenario schema. */
  | { readonly kind: 'default' }
  /** Left to the kernel release, the CPU or the host. */
  | { readonly kind: 'preset'; readonly of: PresetSource }
  /** The machine does not have what was asked for, or chooses by itself. */
  | { readonly kind: 'machine'; readonly reason: string };

/** The origin of each value: paths in the order of the schema; lists of plain values count as one value. */
export function originsOf(document: LayeredDocument, machine: ResolvedMachine): Map<string, Origin> {
  const adjusted = new Map(machine.adjustments.map(({ path, reason }) => [path, reason]));
  const origins = new Map<string, Origin>();
  for (const path of leaves(machine.scenario, [])) {
    const text = pathText(path);
    const reason = adjusted.get(text);
    origins.set(text, reason === undefined ? written(document, path) : { kind: 'machine', reason });
  }
  return origins;
}

function written(document: LayeredDocument, path: JsonPath): Origin {
  const value = valueAt(document.value, path);
  const of = presetSource(pathText(path));
  if (of !== undefined && (value ?? null) === null) return { kind: 'preset', of };
  if (value === undefined) return { kind: 'default' };
  const layer = document.layerOf(path);
  const position = layer?.locate(path);
  if (layer === undefined || position === undefined) return { kind: 'set', option: layer?.name ?? '' };
  return { kind: 'file', file: layer.name, ...position };
}

function* leaves(value: unknown, path: JsonPath): Generator<JsonPath> {
  const isContainer = isObject(value) || (Array.isArray(value) && value.some(isObject));
  if (!isContainer) return yield path;
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  for (const [key, member] of entries) yield* leaves(member, [...path, key]);
}
