/** A point of the simplex and what the objective says of it. */
export interface Point {
  readonly x: readonly number[];
  readonly value: number;
}

export interface NelderMeadOptions {
  /** First step in each direction. */
  readonly steps: readonly number[];
  readonly maxEvaluations: number;
  /** Stops when best and worst differ by less than this. */
  readonly tolerance: number;
}

/**
 * The downhill simplex of Nelder and Mead (Computer Journal 7, 1965) with the usual coefficients 1, 2, 1/2, 1/2.
 * Deterministic; needs no derivatives, which a simulated objective does not have.
 */
export async function nelderMead(
  objective: (x: readonly number[]) => Promise<number>,
  start: readonly number[],
  { steps, maxEvaluations, tolerance }: NelderMeadOptions,
): Promise<{ best: Point; evaluations: number }> {
  let evaluations = 0;
  const evaluate = async (x: readonly number[]): Promise<Point> => {
    evaluations++;
    return { x, value: await objective(x) };
  };
  const corners = steps.map((step, axis) =>
    start.map((value, index) => (index === axis ? value + step : value)),
  );
  let simplex = sorted(await inTurn([start, ...corners], evaluate));
  while (evaluations < maxEvaluations && simplex.at(-1)!.value - simplex[0].value > tolerance) {
    simplex = sorted(await improve(simplex, evaluate));
  }
  return { best: simplex[0], evaluations };
}

type Evaluate = (x: readonly number[]) => Promise<Point>;

async function improve(simplex: Point[], evaluate: Evaluate): Promise<Point[]> {
  const worst = simplex.at(-1)!;
  const others = simplex.slice(0, -1);
  const centre = worst.x.map((_, axis) => mean(others.map(({ x }) => x[axis])));
  const along = (factor: number) =>
    evaluate(centre.map((value, axis) => value + factor * (value - worst.x[axis])));
  const reflected = await along(1);
  if (reflected.value < simplex[0].value) {
    const expanded = await along(2);
    return [...others, expanded.value < reflected.value ? expanded : reflected];
  }
  if (reflected.value < others.at(-1)!.value) return [...others, reflected];
  const contracted = await along(reflected.value < worst.value ? 0.5 : -0.5);
  if (contracted.value < Math.min(worst.value, reflected.value)) return [...others, contracted];
  const [best, ...rest] = simplex;
  const halfway = rest.map(({ x }) => x.map((value, axis) => (value + best.x[axis]) / 2));
  return [best, ...(await inTurn(halfway, evaluate))];
}

async function inTurn(points: readonly (readonly number[])[], evaluate: Evaluate): Promise<Point[]> {
  const evaluated: Point[] = [];
  for (const point of points) evaluated.push(await evaluate(point));
  return evaluated;
}

function sorted(points: Point[]): Point[] {
  return points.sort((one, other) => one.value - other.value);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
