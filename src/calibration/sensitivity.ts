import type { Parameter } from './parameters.ts';

/** What the data say of one parameter. */
export interface Sensitivity {
  readonly name: string;
  /** Change of the fit's residuals (root sum of squares) when the parameter alone grows by 1 %. */
  readonly effectOfOnePercent: number;
  /** Standard error, relative to the value, with all others free; null when the data cannot tell it. */
  readonly relativeError: number | null;
  /** The free parameters that can stand in for it, by the correlation of their effects (above 0.95 in size). */
  readonly confusedWith: readonly string[];
}

type ResidualsAt = (values: readonly number[]) => Promise<number[]>;

const STEP = 0.05;
const CONFUSED = 0.95;
/** A pivot smaller than this share of its column means that the column depends on the others. */
const SINGULAR = 1e-6;

/**
 * Local sensitivity at the solution: central differences of the residuals in the logarithm of each parameter, and the
 * errors that follow from the curvature (Gauss-Newton). A residual's sampling variance is 1 / (4 * samples).
 */
export async function sensitivity(
  parameters: readonly Parameter[],
  values: readonly number[],
  residualsAt: ResidualsAt,
  samples: number,
): Promise<Sensitivity[]> {
  const columns = await Promise.all(parameters.map((_, index) => derivative(values, index, residualsAt)));
  const information = columns.map((one) => columns.map((other) => dot(one, other)));
  return parameters.map(({ name }, index) => {
    const own = information[index][index];
    const free = own === 0 ? 0 : remaining(information, index);
    const identified = own > 0 && free / own > SINGULAR;
    return {
      name,
      effectOfOnePercent: Math.sqrt(own) * 0.01,
      relativeError: identified ? Math.sqrt(1 / (4 * samples * free)) : null,
      confusedWith: parameters.flatMap((other, place) => {
        const both = Math.sqrt(own * information[place][place]);
        const correlation = both === 0 ? 0 : information[index][place] / both;
        return place !== index && Math.abs(correlation) > CONFUSED ? [other.name] : [];
      }),
    };
  });
}

async function derivative(
  values: readonly number[],
  index: number,
  residualsAt: ResidualsAt,
): Promise<number[]> {
  const moved = (factor: number) =>
    residualsAt(values.map((value, place) => (place === index ? value * factor : value)));
  const [up, down] = await Promise.all([moved(1 + STEP), moved(1 - STEP)]);
  return up.map((value, place) => (value - down[place]) / (2 * STEP));
}

/** What is left of a diagonal element after the other parameters have been eliminated (Schur complement). */
function remaining(information: readonly (readonly number[])[], index: number): number {
  const order = [...information.keys()].filter((place) => place !== index).concat(index);
  const matrix = order.map((row) => order.map((column) => information[row][column]));
  for (let pivot = 0; pivot < matrix.length - 1; pivot++) {
    if (matrix[pivot][pivot] <= SINGULAR * information[order[pivot]][order[pivot]]) continue;
    for (let row = pivot + 1; row < matrix.length; row++) {
      const factor = matrix[row][pivot] / matrix[pivot][pivot];
      for (let column = pivot; column < matrix.length; column++)
        matrix[row][column] -= factor * matrix[pivot][column];
    }
  }
  return matrix[matrix.length - 1][matrix.length - 1];
}

function dot(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, value, index) => sum + value * other[index], 0);
}
