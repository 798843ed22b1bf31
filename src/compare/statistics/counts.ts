/**
 * Two samples on one grid: `a[i]` and `b[i]` samples share the i-th tied value. Ascending, no row empty in both.
 * What every two-sample test of this room works on.
 */
export interface TwoSamples {
  readonly a: Float64Array;
  readonly b: Float64Array;
  readonly totalA: number;
  readonly totalB: number;
}

/** Builds `TwoSamples` from rows `[countA, countB]`, leaving out rows without samples. */
export function twoSamples(rows: Iterable<readonly [number, number]>): TwoSamples {
  const kept = [...rows].filter(([a, b]) => a + b > 0);
  const a = Float64Array.from(kept, (row) => row[0]);
  const b = Float64Array.from(kept, (row) => row[1]);
  return { a, b, totalA: sum(a), totalB: sum(b) };
}

/** The same from raw values; for short lists such as one figure per repetition. */
export function twoSamplesOfValues(valuesA: readonly number[], valuesB: readonly number[]): TwoSamples {
  const rows = new Map<number, [number, number]>();
  const add = (value: number, side: 0 | 1) => {
    const row = rows.get(value) ?? [0, 0];
    row[side]++;
    rows.set(value, row);
  };
  for (const value of valuesA) add(value, 0);
  for (const value of valuesB) add(value, 1);
  return twoSamples([...rows].sort(([x], [y]) => x - y).map(([, row]) => row));
}

export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** Outcome of one test. */
export interface TestResult {
  readonly statistic: number;
  /** Probability of a difference at least this large when both samples come from one distribution. */
  readonly p: number;
  /** "exact": permutation distribution given the ties; "asymptotic": its limit for large samples. */
  readonly method: 'exact' | 'asymptotic';
}
