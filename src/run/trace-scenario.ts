import { setImmediate } from 'node:timers/promises';
import type { MachineTrace, TracedSample } from '../formats/machine-trace.ts';
import { kernelFeatures } from '../machine/kvm/features.ts';
import { type Run, startRun } from '../machine/machine.ts';
import type { TracePoint } from '../machine/trace.ts';
import { TraceCollector, type TraceSample } from '../machine/trace-collector.ts';
import { machineConfig } from '../scenario/machine-config.ts';
import { workloadConfig } from '../scenario/workload-config.ts';
import { UserError } from '../user-error.ts';
import { driveFor } from './drive.ts';
import type { RunHooks, RunInput } from './run-scenario.ts';
import { type Worst, windowsAround, worstOf } from './worst-samples.ts';

export interface TraceOptions {
  /** Tracepoints to keep; null for all. */
  readonly points: ReadonlySet<TracePoint> | null;
  /** Watch only around this many worst samples of the whole run; null to watch all of it. */
  readonly aroundWorst: number | null;
}

export interface TraceOutcome {
  readonly trace: MachineTrace;
  /** The samples that were looked for, worst first. */
  readonly worst: readonly Worst[];
  /** The run was stopped before its end. */
  readonly partial: boolean;
}

/** What a viewer still opens; one loop of cyclictest is about 100 of them. */
const MOST_RECORDS = 3_000_000;
const PIECE = 8192;
/** Samples watched at a time, so that a trace that grows too large is noticed early. */
const WATCHED_PIECE = 64;

/**
 * Runs a scenario and tells what its machine did. Around the worst samples it runs twice, the same each time: first to
 * find them, then with an observer in their neighbourhood. What the hooks stop is marked partial.
 */
export async function traceScenario(
  input: RunInput,
  { points, aroundWorst }: TraceOptions,
  hooks: RunHooks = {},
): Promise<TraceOutcome> {
  const collector = new TraceCollector(points);
  if (aroundWorst === null) {
    const run = start(input, collector);
    const complete = await finish(run, WATCHED_PIECE, hooks, collector);
    return { trace: machineTrace(input, run, collector, []), worst: [], partial: !complete };
  }
  const first = await startFast(input);
  const found = await finish(first, PIECE, hooks, null);
  const worst = worstOf(first.results, aroundWorst);
  const second = await startFast(input);
  const watched = await watchAround(second, worst, collector, hooks);
  return { trace: machineTrace(input, second, collector, worst), worst, partial: !found || !watched };
}

function start({ scenario, profile }: RunInput, collector: TraceCollector | null): Run {
  return startRun(machineConfig(scenario, profile), workloadConfig(scenario), collector);
}

/** For what nobody watches, or not yet. */
async function startFast({ scenario, profile }: RunInput): Promise<Run> {
  const workload = workloadConfig(scenario);
  return startRun(machineConfig(scenario, profile), workload, null, await driveFor(workload));
}

async function finish(
  run: Run,
  piece: number,
  hooks: RunHooks,
  collector: TraceCollector | null,
): Promise<boolean> {
  while (run.advance(piece)) {
    if (collector !== null) assertNotTooLarge(collector);
    hooks.onProgress?.(run.done, run.total);
    await setImmediate();
    if (hooks.shouldStop?.() === true) return false;
  }
  return true;
}

/** Goes on unwatched to just before the next of the worst samples, then watched until one sample after it. */
async function watchAround(
  run: Run,
  worst: readonly Worst[],
  collector: TraceCollector,
  hooks: RunHooks,
): Promise<boolean> {
  const distance = ({ thread, cycle }: Worst) => cycle - 1 - run.results[thread].samples;
  const ahead = () => worst.filter((sample) => distance(sample) > -3);
  let watched = false;
  while (ahead().length > 0) {
    const gap = Math.min(...ahead().map(distance));
    if (gap <= 0 !== watched) {
      watched = gap <= 0;
      run.observe(watched ? collector : null);
    }
    if (!run.advance(watched ? 1 : Math.min(gap, PIECE))) break;
    assertNotTooLarge(collector);
    if (!watched) await setImmediate();
    if (hooks.shouldStop?.() === true) return false;
  }
  return true;
}

function assertNotTooLarge({ size }: TraceCollector): void {
  if (size <= MOST_RECORDS) return;
  throw new UserError('trace-too-large', {
    message: `the trace exceeds ${MOST_RECORDS} events and stages`,
    hint: 'fewer --loops, or --around-worst to trace only the neighbourhood of the worst samples',
  });
}

function machineTrace(
  { scenario, profile }: RunInput,
  run: Run,
  collector: TraceCollector,
  worst: readonly Worst[],
): MachineTrace {
  const { kernel } = scenario.virtualization === 'bare-metal' ? scenario.guest : scenario.host;
  const numbered = ({ series, ...sample }: TraceSample): TracedSample => {
    const thread = run.results.indexOf(series);
    const rank = worst.findIndex((one) => one.thread === thread && one.cycle === sample.cycle);
    return { ...sample, thread, rank: rank === -1 ? null : rank + 1 };
  };
  const samples = collector.samples.map(numbered);
  const isNear = worst.length === 0 ? () => true : windowsAround(samples);
  return {
    name: scenario.name,
    seed: scenario.seed,
    kernel: kernel.version,
    features: kernelFeatures(kernel.version, scenario.host.kvm.patch_revision),
    tscKhz: profile.cpu.tsc_khz.value,
    cpus: scenario.vcpus.length + 1,
    threads: run.results.map((_, index) => run.names?.[index] ?? `cyclictest thread ${index}`),
    events: collector.events.filter(({ lane, tsc }) => isNear(lane, tsc, tsc)),
    slices: collector.slices.filter(({ lane, begin, end }) => isNear(lane, begin, end)),
    samples: samples.filter(({ lane, begin, end }) => isNear(lane, begin, end)),
  };
}
