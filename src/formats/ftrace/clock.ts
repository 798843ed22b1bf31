import type { Cycles } from '../../time.ts';

/** Clocks of a trace: the raw TSC (`x86-tsc`), or the kernel's own in seconds with six digits (`local`). */
export type TraceClock = 'tsc' | 'us';

/** The stamp of a line, as trace_print_time writes it, without the blank before it. */
export function timestamp(tsc: Cycles, clock: TraceClock, tscKhz: number): string {
  if (clock === 'tsc') return String(tsc).padStart(12);
  const microseconds = Math.floor((nanoseconds(tsc, tscKhz) + 500) / 1000);
  const seconds = Math.floor(microseconds / 1_000_000);
  const fraction = String(microseconds % 1_000_000).padStart(6, '0');
  return `${String(seconds).padStart(5)}.${fraction}`;
}

/** Host time since TSC 0. */
export function nanoseconds(tsc: Cycles, tscKhz: number): number {
  const milliseconds = Math.floor(tsc / tscKhz);
  return milliseconds * 1_000_000 + Math.floor(((tsc - milliseconds * tscKhz) * 1_000_000) / tscKhz);
}
