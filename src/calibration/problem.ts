import { readResultFile } from '../formats/read-file.ts';
import type { CostProfile } from '../machine/costs/profile.ts';
import type { Measurement } from '../measurement/measurement.ts';
import { type LoadedScenario, type LoadOptions, loadScenario } from '../scenario/load.ts';
import type { Scenario } from '../scenario/schema.ts';
import { UserError } from '../user-error.ts';
import { target } from './dataset.ts';
import type { DataSet, FitProblem } from './fit.ts';
import { freeParameter } from './parameters.ts';

export interface FitRequest {
  readonly scenario: readonly string[];
  readonly free: string;
  readonly loops: number;
  readonly evaluations: number;
  readonly unit?: 'us' | 'ns';
  readonly name?: string;
}

/** A fit as the user asked for it, with the name and the origin that the new profile will state. */
export interface PreparedFit {
  readonly fit: FitProblem;
  readonly origin: { readonly kind: 'calibrated'; readonly source: string };
  readonly identity: Pick<CostProfile, 'name' | 'description' | 'made_by'>;
}

/** Reads results and scenarios. Throws a UserError where they do not go together. */
export async function fitProblem(
  results: readonly string[],
  request: FitRequest,
  options: LoadOptions,
  onEvaluation?: (done: number) => void,
): Promise<PreparedFit> {
  const scenarios = await scenariosOf(results, request, options);
  const data = results.map((file, index): DataSet => {
    const { name, measurement } = onlyHistogram(file, request.unit);
    return { name, scenario: scenarios[index].scenario, target: target(measurement) };
  });
  const { profile } = scenarios[0];
  const free = request.free.split(',').map((name) => name.trim());
  const command = commandLine(results, request, options);
  return {
    fit: {
      profile,
      parameters: free.map((name) => freeParameter(name, profile)),
      data,
      loops: request.loops,
      maxEvaluations: request.evaluations,
      onEvaluation,
    },
    origin: { kind: 'calibrated', source: `fitted to ${data.map(({ name }) => name).join(' and ')}` },
    identity: {
      name: request.name ?? `${profile.name}-fitted`,
      description: profile.description,
      made_by: { command, inputs: data.map(({ name }) => name) },
    },
  };
}

/** The one histogram of a file: which of several is meant, the scenario does not say. */
function onlyHistogram(file: string, unit: FitRequest['unit']): { name: string; measurement: Measurement } {
  const found = readResultFile(file, { unit }).flatMap(({ name, measurements }) =>
    measurements.map((measurement) => ({ name, measurement })),
  );
  if (found.length === 1) return found[0];
  throw new UserError('fit-data', {
    file,
    message: `holds ${found.length} histograms (runs or threads)`,
    hint: 'a fit takes one for each scenario: one run of one thread',
  });
}

async function scenariosOf(
  results: readonly string[],
  { scenario: files }: FitRequest,
  options: LoadOptions,
): Promise<LoadedScenario[]> {
  if (files.length !== results.length && files.length !== 1) {
    throw new UserError('fit-scenarios', {
      path: '--scenario',
      message: `${results.length} results, but ${files.length} scenarios`,
      hint: 'one for all, or one for each in the same order',
    });
  }
  const loaded: LoadedScenario[] = [];
  for (const file of files) loaded.push(await loadScenario(file, options));
  for (const [index, { scenario }] of loaded.entries()) refuseSeveralThreads(files[index], scenario.workload);
  const profiles = new Set(loaded.map(({ profile }) => profile.name));
  if (profiles.size > 1) {
    throw new UserError('fit-scenarios', {
      path: '--scenario',
      message: `the scenarios name different CPU profiles: ${[...profiles].join(', ')}`,
      hint: 'a fit moves one profile',
    });
  }
  return results.map((_, index) => loaded[files.length === 1 ? 0 : index]);
}

function refuseSeveralThreads(file: string, workload: Scenario['workload']): void {
  if (workload.tool === 'cyclictest' && workload.threads === 1 && !workload.smp) return;
  throw new UserError('fit-scenarios', {
    file,
    path: 'workload',
    message: 'is not cyclictest with one thread',
    hint: 'a fit compares one histogram with one; for example --set workload.threads=1',
  });
}

function commandLine(results: readonly string[], request: FitRequest, { set = [] }: LoadOptions): string {
  const scenarios = request.scenario.map((file) => `--scenario ${file}`).join(' ');
  const size = `--loops ${request.loops} --evaluations ${request.evaluations}`;
  const texts = set.filter((setting) => typeof setting === 'string');
  const settings = texts.map((setting) => ` --set ${setting}`).join('');
  const name = request.name === undefined ? '' : ` --name ${request.name}`;
  return `kvmtimer fit ${results.join(' ')} ${scenarios}${settings} --free ${request.free}${name} ${size}`;
}
