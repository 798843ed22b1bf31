import { type LoadedScenario, loadScenario } from '../scenario/load.ts';

/** What is measured: the published experiment with and without the hv timer, and a guest that halts. */
export const CASES = {
  'hv timer on': ['jiang-2016-v4-hv-timer-on'],
  'hv timer off': ['jiang-2016-v4-hv-timer-off'],
  'HLT, halt polling': [
    'jiang-2016-v4-hv-timer-on',
    'guest.idle=hlt',
    'host.kvm.halt_poll_ns=200000',
    'host.kernel.version="6.1"',
  ],
} as const satisfies Record<string, readonly [scenario: string, ...set: string[]]>;

export type CaseName = keyof typeof CASES;
export const CASE_NAMES = Object.keys(CASES) as readonly CaseName[];

/** The scenario of a case with `loops` loops and further settings. */
export function loadCase(
  name: CaseName,
  loops: number,
  set: readonly string[] = [],
): Promise<LoadedScenario> {
  const [scenario, ...own] = CASES[name];
  return loadScenario(scenario, { set: [...own, `workload.loops=${loops}`, ...set] });
}
