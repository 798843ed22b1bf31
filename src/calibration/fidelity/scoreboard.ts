import { setImmediate } from 'node:timers/promises';
import { runScenario } from '../../run/run-at-once.ts';
import { scenarioHash } from '../../scenario/hash.ts';
import { type LoadedScenario, loadScenario } from '../../scenario/load.ts';
import { parameter, withParameters } from '../parameters.ts';
import { judge, type Score } from './judge.ts';
import type { LoadedExperiment } from './load.ts';
import { evaluate, type RunFigures } from './metric.ts';
import type { Experiment, ExperimentRow } from './schema.ts';

export interface ScoreboardOptions {
  /** Each row runs with the seeds fidelity-1 … fidelity-n. */
  readonly seeds: number;
  /** Rows that are left out when this says no. */
  readonly includes?: (experiment: Experiment, row: ExperimentRow) => boolean;
  /** Costs and stages that count as nothing: what the rest of the model says without a mechanism. */
  readonly without?: readonly string[];
  readonly onProgress?: (done: number, total: number) => void;
}

/** A row with its runs, by their keys: rows that need the same run share it. */
interface Task {
  readonly loaded: LoadedExperiment;
  readonly row: ExperimentRow;
  readonly run: string;
  readonly against: string | null;
  readonly values: number[];
}

/** Runs the experiments and compares each row with what was published. Deterministic. */
export async function scoreboard(
  experiments: readonly LoadedExperiment[],
  options: ScoreboardOptions,
): Promise<Score[]> {
  const scenarios = new Map<string, LoadedScenario>();
  const tasks: Task[] = [];
  for (const loaded of experiments) {
    for (const row of loaded.experiment.rows) {
      if (options.includes?.(loaded.experiment, row) === false) continue;
      const run = await prepare(scenarios, loaded.experiment, row.set);
      const against = row.against ? await prepare(scenarios, loaded.experiment, row.against.set) : null;
      tasks.push({ loaded, row, run, against, values: [] });
    }
  }
  for (const [key, scenario] of scenarios) scenarios.set(key, withoutCosts(scenario, options.without ?? []));
  const total = scenarios.size * options.seeds;
  let done = 0;
  for (let seed = 1; seed <= options.seeds; seed++) {
    const figures = new Map<string, RunFigures>();
    for (const [key, scenario] of scenarios) {
      figures.set(key, runOnce(scenario, `fidelity-${seed}`));
      options.onProgress?.(++done, total);
      await setImmediate();
    }
    for (const { loaded, row, run, against, values } of tasks) {
      const other = against === null ? null : figures.get(against)!;
      values.push(evaluate(row.metric, figures.get(run)!, other, loaded.folder));
    }
  }
  return tasks.map(({ loaded, row, run, against, values }) => {
    const keys = against === null ? [run] : [run, against];
    return judge(loaded.experiment.id, row, {
      scenarioHashes: keys.map((key) => hashOf(scenarios.get(key)!)),
      values,
    });
  });
}

async function prepare(
  scenarios: Map<string, LoadedScenario>,
  { base, set: common }: Experiment,
  own: readonly string[],
): Promise<string> {
  const set = [...common, ...own];
  const key = JSON.stringify([base, set]);
  if (!scenarios.has(key)) scenarios.set(key, await loadScenario(base, { set, strict: true }));
  return key;
}

function withoutCosts(loaded: LoadedScenario, names: readonly string[]): LoadedScenario {
  const { profile } = loaded;
  const parameters = names.map((name) => parameter(name, profile));
  const origin = { kind: 'assumed', source: 'switched off' } as const;
  const nothing = parameters.map(() => 0);
  return { ...loaded, profile: withParameters(profile, parameters, nothing, origin) };
}

function hashOf({ scenario, profile }: LoadedScenario): string {
  return scenarioHash(scenario, profile);
}

function runOnce({ scenario, profile }: LoadedScenario, seed: string): RunFigures {
  const { measurements } = runScenario({ scenario: { ...scenario, seed }, profile });
  return { thread: measurements[0], profile };
}
