import type { Json } from '../../measurement/result-document.ts';
import { canonicalJson } from '../../scenario/hash.ts';
import type { Condition } from '../schema.ts';

/** Whether a point's value fulfils a condition: equal to it, one of its list, or within its bounds. */
export function fulfils(value: Json | undefined, condition: Condition): boolean {
  if (value === undefined) return false;
  if (Array.isArray(condition)) return condition.some((candidate) => equal(value, candidate as Json));
  if (condition !== null && typeof condition === 'object') {
    const { min = -Infinity, max = Infinity } = condition;
    return typeof value === 'number' && value >= min && value <= max;
  }
  return equal(value, condition);
}

function equal(one: Json, other: Json): boolean {
  if (one === null || typeof one !== 'object') return one === other;
  return canonicalJson(one) === canonicalJson(other);
}
