/** Least and greatest of any number of values; `Math.min(...values)` takes only some ten thousand. */
export function extent(values: Iterable<number>): readonly [low: number, high: number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return [low, high];
}
