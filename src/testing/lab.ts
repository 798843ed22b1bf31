import { readFileSync } from 'node:fs';
import { writeFtrace } from '../formats/ftrace/write.ts';
import { type Run, startRun } from '../machine/machine.ts';
import { TraceCollector } from '../machine/trace-collector.ts';
import { machineConfig } from '../scenario/machine-config.ts';
import { resolveScenario } from '../scenario/resolve.ts';
import { workloadConfig } from '../scenario/workload-config.ts';

/** One row of the path-length measurements: real KVM of Linux 6.1, in executed instructions. */
export interface LabRow {
  readonly preemption_timer: 'Y' | 'N';
  readonly name: string;
  readonly scenario: string;
  readonly mode: 'poll' | 'hlt';
  readonly delta: number;
  readonly latency?: { readonly min: number; readonly median: number; readonly max: number };
  readonly arm?: { readonly median: number };
  readonly 'first_samples_latency/arm': string;
}

const FIXTURE = new URL('../machine/fixtures/path-lengths.json', import.meta.url);

export function labRows(): LabRow[] {
  return (JSON.parse(readFileSync(FIXTURE, 'utf8')) as { results: LabRow[] }).results;
}

/** The host of the lab (Debian 6.1, HZ=250, one CPU, mitigations off) and its bare guest under SCHED_FIFO. */
export function labMachine(hvTimer: boolean, kvm: object = {}): Record<string, unknown> {
  return {
    name: 'lab',
    host: {
      cpu: 'lab-6.1',
      kernel: { version: '6.1', hz: 250, preempt: 'voluntary' },
      kvm: {
        enable_hv_timer: hvTimer,
        hv_count_limit: false,
        lapic_timer_advance_ns: 0,
        halt_poll_ns: 0,
        pi_inject_timer: 0,
        ...kvm,
      },
      cstates: 'off',
    },
    vcpus: [{ policy: 'fifo', priority: 50 }],
    guest: { kernel: { version: '6.1', hz: 250 } },
  };
}

/** The scenario of a row: its name says what was set besides (advance in ns, halt polling). */
export function labScenario(row: LabRow): Record<string, unknown> {
  const advance = /-adv(-?\d+)/.exec(row.name);
  const kvm = {
    ...(advance === null ? {} : { lapic_timer_advance_ns: Number(advance[1]) }),
    ...(row.name.includes('halt_poll200us') ? { halt_poll_ns: 200_000 } : {}),
  };
  return {
    ...labMachine(row.preemption_timer === 'Y', kvm),
    workload: {
      tool: 'lapic_timer',
      action: row.scenario,
      wait: row.mode,
      delta_cycles: row.delta,
      loops: 210,
    },
  };
}

/** Runs a raw scenario to its end. */
export function runRaw(raw: unknown): Run {
  const { scenario, profile } = resolveScenario(raw, { strict: true });
  const run = startRun(machineConfig(scenario, profile), workloadConfig(scenario));
  while (run.advance(1000));
  return run;
}

export function medianOf(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
}

/** What the engine's host prints while `loops` loops of a scenario run, after `before` that nobody watched. */
export function traceOf(raw: object, before: number, loops: number): string {
  const { scenario, profile } = resolveScenario(raw, { strict: true });
  const config = machineConfig(scenario, profile);
  const run = startRun(config, workloadConfig(scenario));
  run.advance(before);
  const collector = new TraceCollector();
  run.observe(collector);
  run.advance(loops);
  const options = { features: config.features, clock: 'tsc', tscKhz: 3_000_000, cpus: 1 } as const;
  return [...writeFtrace(collector.events, options)].join('');
}
