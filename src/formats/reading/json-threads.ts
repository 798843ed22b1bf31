import { type BinBudget, Bins } from './bins.ts';
import type { JsonObject } from './json-blocks.ts';
import { objectOf } from './json-blocks.ts';
import { wholeNumber, wholeValue } from './numbers.ts';
import { invalid, type Place } from './problem.ts';

/** A histogram as `{"5": 4, "6": 10}`; absent where none was recorded. */
export function jsonBins(value: unknown, budget: BinBudget, path: string, place: Place): Bins {
  const bins = new Bins(budget);
  if (value === undefined) return bins;
  for (const [bin, count] of Object.entries(objectOf(value, place, path))) {
    bins.add(wholeNumber(bin, place), wholeValue(count, `${path}.${bin}`, place), place);
  }
  return bins;
}

/** A mean, which is no number where there was no sample. */
export function jsonMean(value: unknown, path: string, place: Place): number | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER) return value;
  throw invalid(place, `${path} is ${JSON.stringify(value)}`, 'a number is expected');
}

/** All samples, which cannot be fewer than those in the bins. */
export function jsonSamples(value: unknown, bins: Bins, path: string, place: Place): number {
  const samples = wholeValue(value, path, place);
  if (samples >= bins.count) return samples;
  throw invalid(place, `${path} is ${samples}, but the histogram holds ${bins.count} samples`);
}

/** Members whose values are text. */
export function textsOf(object: JsonObject | undefined, names: readonly string[]): { [key: string]: string } {
  const entries = names.map((name) => [name, object?.[name]] as const);
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
