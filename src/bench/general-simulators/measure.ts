import { type Spread, spreadOf } from '../statistics.ts';
import { type Chain, type ChainRun, chainOf, latencyOf } from './chain.ts';
import { runSimjs } from './simjs.ts';
import { runSimpy } from './simpy.ts';

const SIMULATORS: Readonly<Record<string, (chain: Chain) => ChainRun | null>> = {
  'SIM.JS': runSimjs,
  SimPy: runSimpy,
};

export interface GeneralSimulatorResult {
  readonly name: string;
  /** Null where it is not installed, as is its time. */
  readonly version: string | null;
  readonly nsPerEvent: Spread | null;
}

/** Times a chain of `events` events in each of `loops` loops in every simulator. */
export function measureGeneralSimulators(
  loops: number,
  events: number,
  repetitions: number,
): GeneralSimulatorResult[] {
  const chain = chainOf(loops, events);
  return Object.entries(SIMULATORS).map(([name, run]) => {
    const first = run(chain);
    if (first === null) return { name, version: null, nsPerEvent: null };
    if (first.latency !== latencyOf(chain)) throw new Error(`${name}: did not simulate the chain`);
    const times = Array.from({ length: repetitions }, () => run(chain)!.nsPerEvent);
    return { name, version: first.version, nsPerEvent: spreadOf(times) };
  });
}
