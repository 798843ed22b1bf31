import { startRun } from '../../machine/machine.ts';
import type { Observer, TraceFields, TracePoint } from '../../machine/trace.ts';
import type { ThreadResult } from '../../measurement/result-document.ts';
import { resultDocument } from '../../run/result.ts';
import { machineConfig } from '../../scenario/machine-config.ts';
import type { ResolvedMachine } from '../../scenario/resolve.ts';
import { workloadConfig } from '../../scenario/workload-config.ts';

/** What a run did besides measuring: events and VM exits by name, over all vCPUs. */
export interface Measured {
  readonly thread: ThreadResult;
  readonly events: ReadonlyMap<string, number>;
  readonly exits: ReadonlyMap<string, number>;
}

export function measure({ scenario, profile }: ResolvedMachine): Measured {
  const events = new Map<string, number>();
  const exits = new Map<string, number>();
  const count = (counts: Map<string, number>, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  const observer: Observer = {
    event: (_tsc: number, point: TracePoint, { reason }: TraceFields) => {
      count(events, point);
      if (point === 'kvm_exit') count(exits, String(reason));
    },
    stage: () => {},
  };
  const run = startRun(machineConfig(scenario, profile), workloadConfig(scenario), {
    observe: () => observer,
  });
  while (run.advance(100_000));
  const { measurements } = resultDocument({ scenario, profile }, run, false);
  return { thread: measurements[0], events, exits };
}
