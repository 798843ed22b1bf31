import { invalid, type Place } from './problem.ts';

/** A whole number as cyclictest pads it: leading zeros are decimal. Throws a UserError for anything else. */
export function wholeNumber(token: string, place: Place): number {
  if (!/^\d+$/.test(token)) throw invalid(place, `"${token}" is not a whole number`);
  return exact(Number(token), token, place);
}

/** Whole numbers separated by blanks. */
export function wholeNumbers(text: string, place: Place): number[] {
  const trimmed = text.trim();
  return trimmed === '' ? [] : trimmed.split(/[ \t]+/).map((token) => wholeNumber(token, place));
}

/** A value of parsed JSON that must be a whole number. */
export function wholeValue(value: unknown, path: string, place: Place): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) {
    throw invalid(place, `${path} is ${JSON.stringify(value) ?? 'missing'}`, 'a whole number is expected');
  }
  return exact(value, String(value), place);
}

function exact(value: number, shown: string, place: Place): number {
  if (Number.isSafeInteger(value)) return value;
  throw invalid(place, `${shown} is too large to be counted exactly`, 'at most 2^53 - 1');
}

/** A latency in ns that is still exact. */
export function inNanoseconds(value: number, nsPerUnit: number, place: Place): number {
  return exact(value * nsPerUnit, `${value}`, place);
}
