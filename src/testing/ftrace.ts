import { readFileSync } from 'node:fs';

/** One line of a trace, as text. */
export interface FtraceLine {
  readonly comm: string;
  readonly flags: string;
  readonly point: string;
  readonly text: string;
}

const FOLDER = new URL('../machine/fixtures/traces/', import.meta.url);
const LINE = /^\s*(.+)-(\d+)\s+\[\d{3}\] (\S+)\s+[\d.]+: (\w+): (.*)$/;

/** A recorded trace: the comments above it and its lines. */
export function recordedTrace(name: string): { readonly header: string; readonly lines: FtraceLine[] } {
  const text = readFileSync(new URL(name, FOLDER), 'utf8');
  return { header: text.slice(0, text.search(/^[^#]/m)), lines: parseFtrace(text) };
}

/** Lines that are neither comments nor blank; throws at one that is no line of a trace. */
export function parseFtrace(text: string): FtraceLine[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const match = LINE.exec(line);
    if (match === null) throw new Error(`not a line of a trace: ${line}`);
    const [, comm, , flags, point, eventText] = match;
    return { comm, flags, point, text: eventText };
  });
}

/** Numbers that depend on the time of the run, on addresses, or on how long tracing itself takes. */
const MASKS: readonly (readonly [RegExp, string])[] = [
  [/hrtimer=[0-9a-f]+/, 'hrtimer=…'],
  [/rip 0x[0-9a-f]+/, 'rip …'],
  [/(expires|softexpires|now)=\d+/g, '$1=…'],
  [/(msr_write 6e0 =) 0x[1-9a-f][0-9a-f]*/, '$1 …'],
  [/delta -?\d+ \((early|late)\)/, 'delta …'],
  [/time \d+ ns/, 'time … ns'],
];

/** A line without what depends on absolute time: whose thread, flags, event, all other fields. */
export function essence({ comm, flags, point, text }: FtraceLine): string {
  const thread = comm === '<idle>' ? 'idle' : 'vcpu';
  const masked = MASKS.reduce((rest, [pattern, mask]) => rest.replace(pattern, mask), text);
  return `${thread} ${flags} ${point}: ${masked}`.trimEnd();
}

/**
 * Leaves out each interrupt that served nothing but the host's tick, with the exit that it caused: when it comes is a
 * matter of absolute time.
 */
export function withoutTicks(lines: readonly FtraceLine[]): FtraceLine[] {
  const kept: FtraceLine[] = [];
  for (let index = 0; index < lines.length; ) {
    const length = tickLength(lines, index);
    if (length === 0) kept.push(lines[index++]);
    else index += length;
  }
  return kept;
}

const TICK = [
  'local_timer_entry',
  'hrtimer_expire_entry',
  'hrtimer_expire_exit',
  'hrtimer_start',
  'local_timer_exit',
];

/** Number of lines of the tick interrupt that begins at `start`, 0 for none. */
export function tickLength(lines: readonly FtraceLine[], start: number): number {
  const exits = lines[start].text.includes('EXTERNAL_INTERRUPT') ? 1 : 0;
  const first = start + exits;
  if (!lines[first + 1]?.text.includes('tick_sched_timer')) return 0;
  if (!TICK.every((point, offset) => lines[first + offset]?.point === point)) return 0;
  const length = exits + TICK.length;
  const enters = exits === 1 && lines[start + length]?.point === 'kvm_entry';
  return enters ? length + 1 : length;
}
