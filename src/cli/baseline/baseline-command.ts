import { type BaselineFinding, checkBaseline } from '../../compare/baseline/check.ts';
import { type Baseline, baselineOf } from '../../compare/baseline/document.ts';
import { readBaselines, removeBaseline, writeBaseline } from '../../compare/baseline/folder.ts';
import { renderFindings, renderFindingsJson } from '../../compare/baseline/report.ts';
import { parseResult, serializeResult } from '../../measurement/serialize.ts';
import { type RunHooks, runScenarioAside } from '../../run/run-scenario.ts';
import { loadScenario } from '../../scenario/load.ts';
import { type ShippedFile, shippedScenarios } from '../../scenario/shipped.ts';
import { didYouMean } from '../../scenario/suggest.ts';
import { ExitCode, UserError } from '../../user-error.ts';
import type { CliContext } from '../command.ts';
import type { BaselineOptions } from '../commands/baseline.ts';
import { onInterrupt } from '../interrupt.ts';
import { showProgress } from '../progress.ts';

/** Runs the scenarios and holds them against their baselines; `update` then accepts what it found. */
export async function baselineCommand(
  mode: 'check' | 'update',
  names: readonly string[],
  { folder, format }: BaselineOptions,
  context: CliContext,
): Promise<ExitCode> {
  const accepted = readBaselines(folder);
  const scenarios = chosen(names);
  const fresh = await runAll(scenarios, context);
  if (fresh === null) return ExitCode.interrupted;
  const findings = [...fresh.values()].map((one) => checkBaseline(accepted.get(one.scenario), one));
  if (names.length === 0) findings.push(...stale(accepted, scenarios));
  context.stdout.write(format === 'json' ? renderFindingsJson(findings) : renderFindings(findings));
  if (findings.length === 0) return ExitCode.notComparable;
  if (mode === 'check')
    return findings.every(({ status }) => status === 'same') ? ExitCode.success : ExitCode.gateFailed;
  for (const { status, scenario } of findings) {
    if (status === 'stale') removeBaseline(folder, scenario);
    else if (status !== 'same') writeBaseline(folder, fresh.get(scenario)!);
  }
  return ExitCode.success;
}

function chosen(names: readonly string[]): ShippedFile[] {
  const shipped = shippedScenarios();
  const all = shipped.map((one) => one.name);
  const problems = names
    .filter((name) => !all.includes(name))
    .map((name) => ({
      path: name,
      message: 'no scenario of that name ships',
      hint: didYouMean(name, all) ?? 'kvmtimer list prints them',
    }));
  if (problems.length > 0) throw new UserError('scenario-unknown', problems);
  return names.length === 0 ? shipped : shipped.filter((one) => names.includes(one.name));
}

function stale(
  accepted: ReadonlyMap<string, Baseline>,
  scenarios: readonly ShippedFile[],
): BaselineFinding[] {
  const names = new Set(scenarios.map((one) => one.name));
  return [...accepted.values()]
    .filter((one) => !names.has(one.scenario))
    .map((one) => checkBaseline(one, undefined));
}

/** The baselines of today by scenario; null when interrupted. */
async function runAll(
  scenarios: readonly ShippedFile[],
  context: CliContext,
): Promise<Map<string, Baseline> | null> {
  const fresh = new Map<string, Baseline>();
  let interrupted = false;
  let share = 0;
  const label = () => scenarios[Math.min(fresh.size, scenarios.length - 1)]!.name;
  const endProgress = showProgress(context, label, () => (fresh.size + share) / scenarios.length);
  const restoreSignals = onInterrupt(() => {
    interrupted = true;
  });
  try {
    for (const { name, file } of scenarios) {
      const onProgress = (done: number, total: number) => {
        share = done / total;
      };
      const baseline = await runOne(name, file, { shouldStop: () => interrupted, onProgress });
      if (interrupted) return null;
      fresh.set(name, baseline);
      share = 0;
    }
  } finally {
    endProgress();
    restoreSignals();
  }
  return fresh;
}

/**
 * A failure of the engine itself must say in which of many scenarios it happened, and a document that could not be
 * read back (fractions of cycles, sums that disagree) is one: its numbers must not be accepted.
 */
async function runOne(name: string, file: string, hooks: RunHooks): Promise<Baseline> {
  const { scenario, profile } = await loadScenario(file);
  try {
    const document = await runScenarioAside({ scenario, profile }, hooks);
    return baselineOf(name, document.partial ? document : parseResult(serializeResult(document), name));
  } catch (error) {
    throw new Error(`${name}: ${(error as Error).message.split('\n')[0]}`, { cause: error });
  }
}
