import type { Unit } from '../format.ts';
import { cyclictestOptionsIn } from '../reading/cyclictest-options.ts';
import type { Line } from '../reading/lines.ts';
import { wholeNumber, wholeNumbers } from '../reading/numbers.ts';
import { invalid, type Place } from '../reading/problem.ts';
import type { Footer, OverflowCycles, Sample, Status, TextEvent } from './events.ts';

/* No two neighbours of a pattern accept the same characters without limit: hostile lines cost linear time. */
const ROW = /^\d+(?:[ \t]+\d+)+[ \t]*$/;
const SAMPLE = /^[ \t]*(\d+):[ \t]*(\d+):([ \t]*-?\d+)[ \t]*$/;
const FIGURES = ['P', 'I', 'C', 'Min', 'Act', 'Avg', 'Max'].map((name) => `${name}:([ \\t]{0,30}\\d{0,30})`);
const STATUS = new RegExp(
  `^T:[ \\t]{0,30}(\\d+)[ \\t]{0,30}\\(([ \\d]{1,30})\\)[ \\t]{0,30}${FIGURES.join('[ \\t]{0,30}')}`,
);
const OVERFLOW_CYCLES = /^# Thread (\d+):([ \t\d]*)(# \d+ others ?)?$/;
const FOOTER = /^# (Total|Min Latencies|Avg Latencies|Max Latencies|Histogram Overflows):(.*)$/;
const FOOTER_NAMES: Readonly<Record<string, Footer['name']>> = {
  Total: 'total',
  'Min Latencies': 'min',
  'Avg Latencies': 'avg',
  'Max Latencies': 'max',
  'Histogram Overflows': 'overflows',
};

/** Blanks and digits of a field that is printed with `%8ld`. */
const WIDE_FIELD = 8;
/** Blanks and digits of a field that is printed with `%5ld`. */
const NARROW_FIELD = 5;

/**
 * What `line` says, or undefined for a line that is not cyclictest's: the log of something else that ran
 * beside it. A last line without newline may have been cut off: it says nothing, unless its form proves that
 * it is whole.
 */
export function lineEvent(line: Line, file: string): TextEvent | undefined {
  const { text, complete } = line;
  const place = { file, line: line.number };
  if (text.startsWith('T:')) return statusOf(text, complete, place);
  const sample = SAMPLE.exec(text);
  if (sample !== null)
    return complete || sample[3].length >= WIDE_FIELD ? sampleOf(sample, place) : undefined;
  if (/^\d/.test(text)) return complete ? rowOf(text) : undefined;
  if (text.startsWith('policy: ')) return { kind: 'policy', policy: /^policy: ([\w/]*)/.exec(text)![1] };
  if (text.startsWith('Max CPUs = ')) return { kind: 'start' };
  const comment = text.startsWith('#') && complete ? commentOf(text, place) : undefined;
  if (comment !== undefined) return comment;
  const options = cyclictestOptionsIn(text);
  return options === undefined ? undefined : { kind: 'command', options };
}

function commentOf(text: string, place: Place): TextEvent | undefined {
  if (/^# Histogram[ \t]*$/.test(text)) return { kind: 'histogram' };
  const footer = FOOTER.exec(text);
  if (footer !== null) {
    return { kind: 'footer', name: FOOTER_NAMES[footer[1]], values: wholeNumbers(footer[2], place) };
  }
  const listed = OVERFLOW_CYCLES.exec(text);
  if (listed !== null) return overflowCyclesOf(listed, place);
  const header = /^# \/dev\/cpu_dma_latency set to (\d+)us/.exec(text);
  if (header !== null) return { kind: 'header', latencyUs: wholeNumber(header[1], place) };
  const unit = /^#.*\bunit:? ?=? ?(us|ns)\b/.exec(text);
  if (unit !== null) return { kind: 'unit', unit: unit[1] as Unit };
  const broke = /^# Break value: (\d+)/.exec(text);
  if (broke !== null) return { kind: 'break', value: wholeNumber(broke[1], place) };
  return text.startsWith('# cyclictest current status') ? { kind: 'snapshot' } : undefined;
}

function statusOf(text: string, complete: boolean, place: Place): Status | undefined {
  const match = STATUS.exec(text);
  if (match === null) return undefined;
  const [thread, tid, priority, interval, cycles, min, act, avg, max] = match.slice(1);
  const number = (token: string) => wholeNumber(token.trim(), place);
  const isCut = !complete && max.length < WIDE_FIELD;
  return {
    kind: 'status',
    thread: number(thread),
    tid: number(tid),
    priority: number(priority),
    intervalUs: number(interval),
    cycles: number(cycles),
    min: number(min),
    avg: number(avg),
    max: isCut ? undefined : number(max),
    unit: unitOfField(act) ?? unitOfField(avg),
  };
}

/** `Act` and `Avg` are printed with `%5ld` in µs and with `%8ld` in ns. */
function unitOfField(field: string): Unit | undefined {
  if (field.length >= NARROW_FIELD && field.length < WIDE_FIELD) return 'us';
  return field.length === WIDE_FIELD && field.startsWith(' ') ? 'ns' : undefined;
}

function rowOf(text: string): TextEvent {
  return ROW.test(text)
    ? { kind: 'row', text, isPadded: /^\d{6,}[ \t]+\d{6,}/.test(text) }
    : { kind: 'damaged-row', text };
}

function overflowCyclesOf([, thread, cycles, others]: RegExpExecArray, place: Place): OverflowCycles {
  return {
    kind: 'overflow-cycles',
    thread: wholeNumber(thread, place),
    cycles: wholeNumbers(cycles, place),
    isCapped: others !== undefined,
  };
}

function sampleOf([, thread, cycle, value]: RegExpExecArray, place: Place): Sample {
  if (value.includes('-')) throw invalid(place, `a negative latency (${value.trim()})`, 'was the clock set?');
  return {
    kind: 'sample',
    thread: wholeNumber(thread, place),
    cycle: wholeNumber(cycle, place),
    value: wholeNumber(value.trim(), place),
  };
}
