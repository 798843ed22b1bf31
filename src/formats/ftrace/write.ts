import type { KernelFeatures } from '../../machine/kvm/features.ts';
import type { TraceEvent, TraceFlags } from '../../machine/trace-collector.ts';
import { type TraceClock, timestamp } from './clock.ts';
import { EVENT_TEXTS } from './event-text.ts';
import { ftraceHeader } from './header.ts';

export interface FtraceOptions {
  /** Of the host kernel: its release decides how everything reads. */
  readonly features: KernelFeatures;
  readonly clock: TraceClock;
  readonly tscKhz: number;
  /** CPUs online. */
  readonly cpus: number;
}

/** What `cat /sys/kernel/tracing/trace` shows on a host of that release, in pieces. */
export function* writeFtrace(events: readonly TraceEvent[], options: FtraceOptions): Generator<string> {
  yield ftraceHeader(events.length, options.cpus, options.features);
  for (const event of events) yield `${ftraceLine(event, options)}\n`;
}

/** One line: task, CPU, flags, time, event (trace_print_context, trace_print_lat_fmt). */
export function ftraceLine(event: TraceEvent, { features, clock, tscKhz }: FtraceOptions): string {
  const { comm, pid, cpu, flags, tsc, point, fields } = event;
  const task = `${comm.padStart(16)}-${String(pid).padEnd(features.ftracePidWidth)}`;
  const columns = `${task} [${String(cpu).padStart(3, '0')}] ${flagLetters(flags, features)}`;
  return `${columns} ${timestamp(tsc, clock, tscKhz)}: ${point}: ${EVENT_TEXTS[point](fields, features)}`;
}

/** Migration of the threads of this machine is never disabled: the fifth letter is always a dot. */
function flagLetters(flags: TraceFlags, { ftraceFlagsWidth }: KernelFeatures): string {
  const depth = flags.preemptDepth === 0 ? '.' : Math.min(flags.preemptDepth, 15).toString(16);
  const letters = [flags.irqsOff ? 'd' : '.', flags.needResched ? 'N' : '.', context(flags), depth];
  return letters.join('').padEnd(ftraceFlagsWidth, '.');
}

function context({ hardirq, softirq }: TraceFlags): string {
  if (hardirq) return softirq ? 'H' : 'h';
  return softirq ? 's' : '.';
}
