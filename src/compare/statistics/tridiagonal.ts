/** Two symmetric tridiagonal matrices of equal size, the second positive definite: form x = value metric x. */
export interface TridiagonalPencil {
  readonly formDiagonal: Float64Array;
  readonly formOff: Float64Array;
  readonly metricDiagonal: Float64Array;
  readonly metricOff: Float64Array;
}

/** The up to `count` largest eigenvalues, descending, of a pencil whose eigenvalues lie in [0, 1]. */
export function largestEigenvalues(pencil: TridiagonalPencil, count: number): number[] {
  const values: number[] = [];
  for (let rank = 1; rank <= Math.min(count, pencil.formDiagonal.length); rank++) {
    let low = 0;
    let high = values.at(-1) ?? 1 + 1e-9;
    for (let i = 0; i < 60 && high - low > 1e-9 * high; i++) {
      const middle = (low + high) / 2;
      if (hasEigenvaluesAbove(pencil, middle, rank)) low = middle;
      else high = middle;
    }
    values.push((low + high) / 2);
  }
  return values;
}

/** Sylvester's law of inertia: counts positive pivots of form - x metric (G. Golub & C. Van Loan, section 8.4). */
function hasEigenvaluesAbove(pencil: TridiagonalPencil, x: number, wanted: number): boolean {
  const { formDiagonal, formOff, metricDiagonal, metricOff } = pencil;
  let positive = 0;
  let pivot = 1;
  let off = 0;
  for (let j = 0; j < formDiagonal.length; j++) {
    pivot = formDiagonal[j]! - x * metricDiagonal[j]! - (off * off) / pivot;
    if (pivot === 0) pivot = -Number.MIN_VALUE;
    if (pivot > 0 && ++positive === wanted) return true;
    off = j < formOff.length ? formOff[j]! - x * metricOff[j]! : 0;
  }
  return false;
}
