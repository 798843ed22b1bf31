/**
 * Permutation tests by counting every split of the pooled samples, straight from the definitions: what the fast
 * tests are checked against.
 */
export function permutationP(
  a: readonly number[],
  b: readonly number[],
  statistic: (a: readonly number[], b: readonly number[]) => number,
): number {
  const pooled = [...a, ...b];
  const seen = statistic(a, b);
  let extreme = 0;
  let all = 0;
  const split = (index: number, left: number[], right: number[]): void => {
    if (left.length > a.length || right.length > b.length) return;
    if (index === pooled.length) {
      all++;
      if (statistic(left, right) >= seen - 1e-9) extreme++;
      return;
    }
    split(index + 1, [...left, pooled[index]!], right);
    split(index + 1, left, [...right, pooled[index]!]);
  };
  split(0, [], []);
  return extreme / all;
}

/** sup |F_a - F_b| at every sample. */
export function ksDistance(a: readonly number[], b: readonly number[]): number {
  const share = (values: readonly number[], x: number) =>
    values.filter((value) => value <= x).length / values.length;
  return Math.max(...[...a, ...b].map((x) => Math.abs(share(a, x) - share(b, x))));
}

/** Pairs in which b is larger, ties half. */
export function mannWhitneyU(a: readonly number[], b: readonly number[]): number {
  return a
    .flatMap((x) => b.map((y): number => (y > x ? 1 : y === x ? 0.5 : 0)))
    .reduce((sum, one) => sum + one, 0);
}

/** Equation 7 of Scholz & Stephens (1987), for any number of samples. */
export function scholzStephens(...samples: (readonly number[])[]): number {
  const pooled = samples.flat();
  const n = pooled.length;
  const distinct = [...new Set(pooled)];
  const midCount = (values: readonly number[], z: number) =>
    values.filter((value) => value < z).length + values.filter((value) => value === z).length / 2;
  const total = samples.map((sample) => {
    const inner = distinct.map((z) => {
      const tied = pooled.filter((value) => value === z).length;
      const middle = midCount(pooled, z);
      const distance = n * midCount(sample, z) - sample.length * middle;
      return ((tied / n) * distance ** 2) / (middle * (n - middle) - (n * tied) / 4);
    });
    return inner.reduce((sum, one) => sum + one, 0) / sample.length;
  });
  return ((n - 1) / n) * total.reduce((sum, one) => sum + one, 0);
}
