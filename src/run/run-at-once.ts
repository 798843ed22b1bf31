import { Driver } from '../compiler/drive.ts';
import { type Drive, driveByModel } from '../machine/cyclictest-lane.ts';
import type { ResultDocument } from '../measurement/result-document.ts';
import { workloadConfig } from '../scenario/workload-config.ts';
import { isWorthCompiling } from './drive.ts';
import { type RunHooks, type RunInput, runInSteps } from './run-scenario.ts';

let driver: Driver | null = null;

/** Runs one scenario without a pause and returns its result document. */
export function runScenario(input: RunInput, hooks: RunHooks = {}): ResultDocument {
  const steps = runInSteps(input, hooks, driveNow(input));
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

function driveNow({ scenario }: RunInput): Drive {
  const workload = workloadConfig(scenario);
  if (!isWorthCompiling(workload)) return driveByModel;
  driver ??= new Driver();
  driver.expect(workload.loops);
  return driver.drive;
}
