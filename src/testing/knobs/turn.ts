import type { LoadedScenario } from '../../scenario/load.ts';
import { loadScenario } from '../../scenario/load.ts';
import { LayeredDocument } from '../../scenario/merge.ts';
import { type ResolvedMachine, resolveScenario } from '../../scenario/resolve.ts';
import { shippedScenarios } from '../../scenario/shipped.ts';
import { UserError } from '../../user-error.ts';
import type { Effect, Knob, Settings } from './knob.ts';
import { type Measured, measure } from './measure.ts';

const LOOPS = 400;

/** What a knob did to one figure of one scenario. */
export interface Turn {
  readonly scenario: string;
  readonly from: number;
  readonly to: number;
}

export interface Shown {
  readonly effect: Effect;
  readonly turns: readonly Turn[];
}

export function loadShipped(): Promise<LoadedScenario[]> {
  return Promise.all(shippedScenarios().map(({ file }) => loadScenario(file)));
}

/** Turns a knob on all of these scenarios. */
export function turn({ from, to, effects }: Knob, scenarios: readonly LoadedScenario[]): Shown[] {
  const turned = effects.map((effect) => ({ effect, turns: [] as Turn[] }));
  for (const scenario of scenarios) {
    const [before, after] = [withSettings(scenario, from), withSettings(scenario, to)];
    if (before === null || after === null || !differ(before, after)) continue;
    const concerned = turned.filter(({ effect }) => effect.on.holds(before.scenario, after.scenario));
    if (concerned.length === 0) continue;
    const [first, second] = [measured(before), measured(after)];
    for (const { effect, turns } of concerned) {
      const of = (run: Measured) => effect.figure.of(run);
      turns.push({ scenario: scenario.scenario.name, from: of(first), to: of(second) });
    }
  }
  return turned;
}

/** Null where the workload has no such field or the settings contradict what else the scenario says. */
function withSettings({ raw }: LoadedScenario, settings: Settings): ResolvedMachine | null {
  const layer = { kind: 'set', name: 'knob', locate: () => undefined } as const;
  const document = new LayeredDocument();
  document.lay(raw, layer);
  for (const [path, value] of Object.entries({ 'workload.loops': LOOPS, ...settings }))
    document.put(path.split('.'), value, layer);
  try {
    return resolveScenario(document.value);
  } catch (error) {
    if (error instanceof UserError && error.code === 'scenario-invalid') return null;
    throw error;
  }
}

const differ = (one: ResolvedMachine, other: ResolvedMachine) =>
  JSON.stringify(one.scenario) !== JSON.stringify(other.scenario);

/** Knobs share the runs of the scenarios as they ship. */
const runs = new Map<string, Measured>();

function measured(machine: ResolvedMachine): Measured {
  const key = JSON.stringify(machine.scenario);
  const run = runs.get(key) ?? measure(machine);
  runs.set(key, run);
  return run;
}
