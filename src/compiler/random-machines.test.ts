import fc from 'fast-check';
import { expect, test } from 'vitest';
import { driveByModel } from '../machine/cyclictest-lane.ts';
import { startRun } from '../machine/machine.ts';
import { loadScenario } from '../scenario/load.ts';
import { machineConfig } from '../scenario/machine-config.ts';
import { resolveScenario } from '../scenario/resolve.ts';
import { workloadConfig } from '../scenario/workload-config.ts';
import { arbitraryScenario } from '../testing/arbitrary-scenario.ts';
import { Driver } from './drive.ts';

const RUNS = Math.ceil(Number(process.env.KVMTIMER_PROPERTY_RUNS ?? 100) / 4);
/** Well beyond those that the model runs first, while the compiler watches. */
const LOOPS = 800;
/** Chains are made in time to see them at work. */
const SOON = {
  worth: 0,
  settled: 100,
  distance: 5,
  tried: 15,
  recorded: 20,
  worthRefining: Number.POSITIVE_INFINITY,
  every: 2,
  disturbed: 8,
  mostBytes: 150_000,
};
const TWICE = { ...SOON, worthRefining: 0 };

type Machine = Pick<ReturnType<typeof resolveScenario>, 'scenario' | 'profile'>;

const arbitraryCyclictest = arbitraryScenario
  .filter(({ workload }) => (workload as { tool: string }).tool === 'cyclictest')
  .map((raw) => ({ ...raw, workload: { ...(raw.workload as object), loops: LOOPS } }));

/** All that a run of a scenario has measured. */
function measure({ scenario, profile }: Machine, drive = driveByModel): unknown {
  const run = startRun(machineConfig(scenario, profile), workloadConfig(scenario), null, drive);
  while (run.advance(256));
  return run.results.map((recorder) => recorder.snapshot());
}

test.each([
  ['compiled code', SOON, (2 * RUNS) / 3],
  ['code whose chains are made anew', TWICE, RUNS / 3],
])('%s does on random machines exactly what the model does', (_, plan, runs) => {
  fc.assert(
    fc.property(arbitraryCyclictest, (raw) => {
      const machine = resolveScenario(raw);
      expect(measure(machine, new Driver(plan).drive)).toEqual(measure(machine));
    }),
    { numRuns: Math.ceil(runs) },
  );
});

/** What a fit changes from trial to trial. */
const COSTS = [
  'lines_per_kilo_instruction',
  'miss_cycles',
  'evictions_per_second',
  'pressure_burst',
] as const;

test('code that was compiled for one machine runs others with nearly the same costs', async () => {
  const { scenario, profile } = await loadScenario('jiang-2016-v4-hv-timer-off', {
    set: [`workload.loops=${LOOPS}`],
  });
  const factor = fc.integer({ min: 960, max: 1040 }).map((permille) => permille / 1000);
  const factors = fc.tuple(factor, factor, factor, factor);
  const { drive } = new Driver(SOON);
  fc.assert(
    fc.property(factors, (given) => {
      const { costs } = profile;
      const changed = COSTS.map((name, index) => {
        const value = Number((costs[name].value * given[index]).toPrecision(4));
        return [name, { ...costs[name], value }] as const;
      });
      const machine = {
        scenario,
        profile: { ...profile, costs: { ...costs, ...Object.fromEntries(changed) } },
      };
      expect(measure(machine, drive)).toEqual(measure(machine));
    }),
    { numRuns: RUNS },
  );
});
