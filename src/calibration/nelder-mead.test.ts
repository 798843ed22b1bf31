import { describe, expect, it } from 'vitest';
import { nelderMead } from './nelder-mead.ts';

const options = { steps: [0.5, 0.5], maxEvaluations: 400, tolerance: 1e-14 };

describe('nelderMead', () => {
  it("finds the bottom of Rosenbrock's valley (1, 1)", async () => {
    const valley = async ([x, y]: readonly number[]) => (1 - x) ** 2 + 100 * (y - x * x) ** 2;
    const { best } = await nelderMead(valley, [-1.2, 1], options);
    expect(best.x[0]).toBeCloseTo(1, 4);
    expect(best.x[1]).toBeCloseTo(1, 4);
  });

  it('stops at the limit of evaluations with the best point seen', async () => {
    const seen: number[] = [];
    const bowl = async ([x, y]: readonly number[]) => {
      seen.push(x * x + y * y);
      return x * x + y * y;
    };
    const { best, evaluations } = await nelderMead(bowl, [3, 4], { ...options, maxEvaluations: 12 });
    expect(evaluations).toBe(seen.length);
    expect(evaluations).toBeLessThanOrEqual(12 + 3);
    expect(best.value).toBe(Math.min(...seen));
  });

  it('takes the same path twice', async () => {
    const paths = [[], []] as number[][];
    for (const path of paths) {
      await nelderMead(
        async ([x, y]) => {
          path.push(x, y);
          return Math.abs(x - 2) + (y + 1) ** 2;
        },
        [0, 0],
        options,
      );
    }
    expect(paths[0]).toEqual(paths[1]);
  });
});
