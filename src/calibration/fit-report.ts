import Table from 'cli-table3';
import { BORDERLESS } from '../report/table/borderless.ts';
import type { FitProblem, FitResult } from './fit.ts';

/** A fit as a person reads it: how well each histogram is met, and what became of each parameter. */
export function fitTable(problem: FitProblem, result: FitResult): string {
  const data = new Table({
    head: ['histogram', 'samples', 'distance before', 'after'],
    chars: BORDERLESS,
    style: { head: [], border: [] },
  });
  problem.data.forEach(({ name, target }, index) => {
    data.push([name, target.samples, result.before[index].toFixed(4), result.after[index].toFixed(4)]);
  });
  const parameters = new Table({
    head: ['parameter', 'prior', 'fitted', 'moved', 'error', 'effect of 1 %', 'not to be told from'],
    chars: BORDERLESS,
    style: { head: [], border: [] },
  });
  problem.parameters.forEach(({ name, prior }, index) => {
    const { relativeError, effectOfOnePercent, confusedWith } = result.sensitivities[index];
    parameters.push([
      name,
      prior,
      result.values[index],
      percent(result.values[index] / prior - 1),
      relativeError === null ? 'not identified' : `±${(relativeError * 100).toPrecision(2)} %`,
      effectOfOnePercent.toExponential(1),
      confusedWith.join(', '),
    ]);
  });
  const footer = `distance: total variation; ${result.evaluations} trials of ${problem.loops} loops`;
  return `${data}\n\n${parameters}\n\n${footer}\n`;
}

/** The same for a program. */
export function fitJson(problem: FitProblem, result: FitResult): string {
  const document = {
    data: problem.data.map(({ name, target }, index) => ({
      name,
      samples: target.samples,
      distance_before: result.before[index],
      distance_after: result.after[index],
    })),
    parameters: problem.parameters.map(({ name, prior, min, max }, index) => ({
      ...result.sensitivities[index],
      name,
      prior,
      value: result.values[index],
      min,
      max,
    })),
    evaluations: result.evaluations,
    loops: problem.loops,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function percent(share: number): string {
  const sign = share < 0 ? '-' : '+';
  return `${sign}${Math.abs(share * 100).toFixed(1)} %`;
}
