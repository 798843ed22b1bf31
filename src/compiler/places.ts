import type { ObjectGraph } from './graph.ts';
import { isTypedArray, Unsupported } from './values.ts';

/**
 * A value of a machine, told so that it can be found in another machine of its kind, on any thread: as the position of
 * an object or of a function among all of the machine, as the length of an array, or as what it is.
 */
export type Place =
  | { readonly object: number }
  | { readonly function: number }
  | { readonly length: number }
  | { readonly value: Plain };

type Plain = number | boolean | string | null | undefined;

export function placeOf(graph: ObjectGraph, value: unknown): Place {
  if (isTypedArray(value)) return { length: value.length };
  if (value === null || (typeof value !== 'object' && typeof value !== 'function'))
    return { value: value as Plain };
  const object = graph.numberOf(value);
  if (object !== -1) return { object };
  const number = graph.functionNumberOf(value);
  if (number === -1) throw new Unsupported('a value that is no part of the machine');
  return { function: number };
}

/** What a machine has there; undefined for an array, of which only the length is known. */
export function valueAt(graph: ObjectGraph, place: Place): unknown {
  if ('object' in place) return graph.objects[place.object];
  if ('function' in place) return graph.functionAt(place.function);
  return 'value' in place ? place.value : undefined;
}

/** Whether a value is what another machine has at a place. */
export function isAt(graph: ObjectGraph, place: Place, value: unknown): boolean {
  if ('length' in place) return isTypedArray(value) && value.length === place.length;
  return Object.is(value, valueAt(graph, place));
}
