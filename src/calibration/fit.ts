import { setImmediate } from 'node:timers/promises';
import type { CostProfile } from '../machine/costs/profile.ts';
import type { ResolvedScenario } from '../scenario/presets.ts';
import { residuals, type Target, totalVariation } from './dataset.ts';
import { nelderMead, type Point } from './nelder-mead.ts';
import { type Parameter, roundParameter, withParameters } from './parameters.ts';
import { type Sensitivity, sensitivity } from './sensitivity.ts';
import { type RunTrial, runTrial } from './trial.ts';

/** A histogram with the scenario that is to produce it. */
export interface DataSet {
  readonly name: string;
  readonly scenario: ResolvedScenario;
  readonly target: Target;
}

export interface FitProblem {
  readonly profile: CostProfile;
  readonly parameters: readonly Parameter[];
  readonly data: readonly DataSet[];
  /** Loops of each trial run. All trials use the same streams, so that only the parameters differ. */
  readonly loops: number;
  readonly maxEvaluations: number;
  readonly onEvaluation?: (done: number, best: number) => void;
  /** Where trials run: in this thread by default. */
  readonly runTrial?: RunTrial;
}

export interface FitResult {
  readonly profile: CostProfile;
  readonly values: readonly number[];
  readonly objective: number;
  readonly evaluations: number;
  /** Total variation distance of each data set, before and after. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly sensitivities: readonly Sensitivity[];
}

/**
 * First steps of the search, in the logarithm. A simplex that has shrunk can be stuck beside the minimum, so the search
 * starts anew from the best point with smaller steps; each round has the same share of the evaluations.
 */
const STEPS = [0.12, 0.06, 0.03];
/** A factor of e away from the prior costs as much as a distance of 0.0004. */
const PRIOR_WEIGHT = 0.0004;

/**
 * Moves the free parameters until the simulated histograms match the given ones: Nelder-Mead on the logarithms, on
 * the sum of their distances plus a small price for leaving the prior. Deterministic.
 */
export async function fitProfile(
  problem: FitProblem,
  origin: { kind: 'calibrated'; source: string },
): Promise<FitResult> {
  const { parameters } = problem;
  let done = 0;
  let best = Number.POSITIVE_INFINITY;
  const objective = async (logs: readonly number[]) => {
    const values = valuesOf(parameters, logs);
    const value =
      (await distance(problem, values)) + PRIOR_WEIGHT * logs.reduce((sum, log) => sum + log * log, 0);
    best = Math.min(best, value);
    problem.onEvaluation?.(++done, best);
    await setImmediate();
    return value;
  };
  let found: { best: Point; evaluations: number } = {
    best: { x: parameters.map(() => 0), value: 0 },
    evaluations: 0,
  };
  let evaluations = 0;
  for (const step of STEPS) {
    found = await nelderMead(objective, found.best.x, {
      steps: parameters.map(() => step),
      maxEvaluations: Math.ceil(problem.maxEvaluations / STEPS.length),
      tolerance: 1e-6,
    });
    evaluations += found.evaluations;
  }
  const values = valuesOf(parameters, found.best.x);
  const priors = parameters.map(({ prior }) => prior);
  return {
    profile: withParameters(problem.profile, parameters, values, origin),
    values,
    objective: found.best.value,
    evaluations,
    before: await distances(problem, priors),
    after: await distances(problem, values),
    sensitivities: await sensitivity(
      parameters,
      values,
      (trial) => allResiduals(problem, trial),
      leastSamples(problem),
    ),
  };
}

/** e^log times the prior, to four digits, inside the physical bounds. */
function valuesOf(parameters: readonly Parameter[], logs: readonly number[]): number[] {
  return parameters.map(({ prior, min, max }, index) => {
    const value = roundParameter(prior * exponential(logs[index]));
    return Math.min(Math.max(value, min), max);
  });
}

/** e^x from + - * / only, so that a fit gives the same profile on every machine. */
function exponential(x: number): number {
  let term = 1;
  let sum = 1;
  for (let order = 1; order < 14; order++) {
    term *= x / 16 / order;
    sum += term;
  }
  for (let squaring = 0; squaring < 4; squaring++) sum *= sum;
  return sum;
}

function shares(problem: FitProblem, values: readonly number[]): Promise<number[][]> {
  const run = problem.runTrial ?? runTrial;
  const profile = withParameters(problem.profile, problem.parameters, values, {
    kind: 'calibrated',
    source: 'trial',
  });
  return Promise.all(
    problem.data.map(({ scenario, target }) =>
      run({ scenario: shorten(scenario, problem.loops), profile, target }),
    ),
  );
}

function shorten(scenario: ResolvedScenario, loops: number): ResolvedScenario {
  return { ...scenario, workload: { ...scenario.workload, loops } };
}

async function allResiduals(problem: FitProblem, values: readonly number[]): Promise<number[]> {
  return (await shares(problem, values)).flatMap((simulated, index) =>
    residuals(simulated, problem.data[index].target.shares),
  );
}

/** Of each histogram the total variation distance and, so that rare samples count too, the squared Hellinger one. */
async function distance(problem: FitProblem, values: readonly number[]): Promise<number> {
  return (await shares(problem, values)).reduce((sum, simulated, index) => {
    const published = problem.data[index].target.shares;
    const roots = residuals(simulated, published);
    const hellinger = roots.reduce((squares, root) => squares + root * root, 0) / 2;
    return sum + totalVariation(simulated, published) + hellinger;
  }, 0);
}

async function distances(problem: FitProblem, values: readonly number[]): Promise<number[]> {
  return (await shares(problem, values)).map((simulated, index) =>
    totalVariation(simulated, problem.data[index].target.shares),
  );
}

function leastSamples({ data, loops }: FitProblem): number {
  return Math.min(loops, ...data.map(({ target }) => target.samples));
}
