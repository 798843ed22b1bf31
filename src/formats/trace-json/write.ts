import { STAGE_NAMES } from '../../machine/costs/stages.ts';
import type { MachineTrace } from '../machine-trace.ts';

export const TRACE_DOCUMENT = 'kvmtimer-trace';
const SCHEMA_VERSION = 1;

/** The whole trace for programs: one event, stage or sample to a line; all times are cycles of the host TSC. */
export function* writeTraceJson(trace: MachineTrace): Generator<string> {
  const head = {
    document: TRACE_DOCUMENT,
    schema_version: SCHEMA_VERSION,
    name: trace.name,
    seed: trace.seed,
    kernel: trace.kernel,
    tsc_khz: trace.tscKhz,
    cpus: trace.cpus,
    threads: trace.threads,
  };
  yield `${JSON.stringify(head).slice(0, -1)},\n`;
  yield* list('events', trace.events, ({ tsc, cpu, comm, pid, flags, point, fields }) => ({
    tsc,
    cpu,
    comm,
    pid,
    irqs_off: flags.irqsOff,
    need_resched: flags.needResched,
    hardirq: flags.hardirq,
    softirq: flags.softirq,
    preempt_depth: flags.preemptDepth,
    event: point,
    fields,
  }));
  yield ',\n';
  yield* list('stages', trace.slices, ({ stage, lane, begin, end }) => ({
    vcpu: lane,
    stage: STAGE_NAMES[stage],
    begin,
    end,
  }));
  yield ',\n';
  yield* list('samples', trace.samples, ({ thread, cycle, lane, begin, end, latencyNs, rank }) => ({
    vcpu: lane,
    thread,
    cycle,
    rank,
    begin,
    end,
    latency_ns: latencyNs,
  }));
  yield '}\n';
}

function* list<Item>(name: string, items: readonly Item[], view: (item: Item) => object): Generator<string> {
  yield `"${name}":[`;
  for (const [index, item] of items.entries())
    yield `${index === 0 ? '' : ','}\n${JSON.stringify(view(item))}`;
  yield items.length === 0 ? ']' : '\n]';
}
