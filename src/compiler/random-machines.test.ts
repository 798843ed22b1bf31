import fc from 'fast-check';
import { expect, test } from 'vitest';
import { driveByModel } from '../machine/cyclictest-lane.ts';
import { startRun } from '../machine/machine.ts';
import { machineConfig } from '../scenario/machine-config.ts';
import { resolveScenario } from '../scenario/resolve.ts';
import { workloadConfig } from '../scenario/workload-config.ts';
import { arbitraryScenario } from '../testing/arbitrary-scenario.ts';
import { Driver } from './drive.ts';

const RUNS = Math.ceil(Number(process.env.KVMTIMER_PROPERTY_RUNS ?? 100) / 4);
/** Well beyond those that the model runs first, while the compiler watches. */
const LOOPS = 400;

const arbitraryCyclictest = arbitraryScenario
  .filter(({ workload }) => (workload as { tool: string }).tool === 'cyclictest')
  .map((raw) => ({ ...raw, workload: { ...(raw.workload as object), loops: LOOPS } }));

/** All that a run of a scenario has measured. */
function measure(raw: Record<string, unknown>, drive = driveByModel): unknown {
  const { scenario, profile } = resolveScenario(raw);
  const run = startRun(machineConfig(scenario, profile), workloadConfig(scenario), null, drive);
  while (run.advance(64));
  return run.results.map((recorder) => recorder.snapshot());
}

test('compiled code does on random machines exactly what the model does', () => {
  fc.assert(
    fc.property(arbitraryCyclictest, (raw) => {
      expect(measure(raw, new Driver().drive)).toEqual(measure(raw));
    }),
    { numRuns: RUNS },
  );
});
