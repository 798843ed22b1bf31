import type { ResultDocument } from '../../measurement/result-document.ts';
import { runOnThreads } from '../../run/run-on-threads.ts';
import type { RunHooks } from '../../run/run-scenario.ts';
import { type LoadedScenario, loadScenario } from '../../scenario/load.ts';
import { ExitCode, formatProblem, type Problem, UserError } from '../../user-error.ts';
import type { CliContext } from '../command.ts';
import type { RunOptions } from '../commands/run.ts';
import { onInterrupt } from '../interrupt.ts';
import { showProgress } from '../progress.ts';
import { loadOptions } from '../scenario-options.ts';
import { presentResults } from './present.ts';
import { settingsOf } from './settings.ts';

/** `kvmtimer run`: everything that can fail early is checked before the first scenario runs. */
export async function runScenarios(
  scenarioFiles: readonly string[],
  options: RunOptions,
  context: CliContext,
): Promise<ExitCode> {
  const wantsFiles = [options.output, options.json, options.histfile].some((path) => path !== undefined);
  const files = wantsFiles ? await import('./outputs.ts') : undefined;
  const outputs = files?.outputFiles(options, scenarioFiles) ?? [];
  const scenarios = await loadAll(scenarioFiles, options, context);
  const { documents, interrupted } = await runAll(scenarios, options, context);
  if (!outputs.some(({ path }) => path === '-'))
    context.stdout.write(await presentResults(documents, options, context));
  files?.writeOutputs(outputs, documents, context.stdout);
  if (!interrupted) return ExitCode.success;
  const left = scenarios.length - documents.length;
  const skipped = left > 0 ? `; ${left} of ${scenarios.length} scenarios were not run` : '';
  context.stderr.write(`interrupted: the results are partial${skipped}\n`);
  return ExitCode.interrupted;
}

/** Loads every scenario, or tells everything that is wrong with any of them. */
async function loadAll(
  files: readonly string[],
  options: RunOptions,
  context: CliContext,
): Promise<LoadedScenario[]> {
  const scenarios: LoadedScenario[] = [];
  const problems: Problem[] = [];
  for (const file of files) {
    try {
      const scenario = await loadScenario(file, {
        ...loadOptions(options, context),
        set: settingsOf(options),
      });
      scenarios.push(scenario);
      if (options.quiet) continue;
      for (const warning of scenario.warnings) context.stderr.write(`warning: ${formatProblem(warning)}\n`);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new UserError('scenario-invalid', problems);
  return scenarios;
}

/** Runs one after the other; once interrupted, the rest is left out. */
async function runAll(
  scenarios: readonly LoadedScenario[],
  { quiet, jobs }: RunOptions,
  context: CliContext,
): Promise<{ documents: ResultDocument[]; interrupted: boolean }> {
  const documents: ResultDocument[] = [];
  let interrupted = false;
  let share = 0;
  const label = () => scenarios[Math.min(documents.length, scenarios.length - 1)].scenario.name;
  const endProgress = quiet
    ? () => {}
    : showProgress(context, label, () => (documents.length + share) / scenarios.length);
  const restoreSignals = onInterrupt(() => {
    interrupted = true;
  });
  const hooks: RunHooks = {
    shouldStop: () => interrupted,
    onProgress: (done, total) => {
      share = done / total;
    },
  };
  try {
    for (const scenario of scenarios) {
      documents.push(await runOnThreads(scenario, jobs, hooks));
      share = 0;
      if (interrupted) break;
    }
  } finally {
    endProgress();
    restoreSignals();
  }
  return { documents, interrupted };
}
