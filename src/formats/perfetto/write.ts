import { STAGE_NAMES, STAGES } from '../../machine/costs/stages.ts';
import { TRACE_POINTS } from '../../machine/trace.ts';
import type { TraceEvent, TraceSlice } from '../../machine/trace-collector.ts';
import { nanoseconds } from '../ftrace/clock.ts';
import type { MachineTrace, TracedSample } from '../machine-trace.ts';

/** Tracks of one vCPU, from the silicon up; measuring threads follow. */
const TRACKS = ['hardware', 'host', 'kvm', 'guest'] as const;
type Track = (typeof TRACKS)[number];
const TRACK_NAMES: Readonly<Record<Track, string>> = {
  hardware: 'hardware',
  host: 'host kernel',
  kvm: 'KVM',
  guest: 'vCPU',
};
const FIRST_THREAD = TRACKS.length + 1;

/** Chrome's JSON trace format, which ui.perfetto.dev opens. Times are µs with a nanosecond's precision. */
export function* writePerfetto(trace: MachineTrace): Generator<string> {
  const about = { scenario: trace.name, seed: trace.seed, kernel: trace.kernel, tsc_khz: trace.tscKhz };
  yield `{"displayTimeUnit":"ns","otherData":${JSON.stringify(about)},"traceEvents":[\n`;
  let separator = '';
  for (const event of traceEvents(trace)) {
    yield `${separator}${JSON.stringify(event)}`;
    separator = ',\n';
  }
  yield '\n]}\n';
}

function* traceEvents(trace: MachineTrace): Generator<object> {
  const time = (tsc: number) => nanoseconds(tsc, trace.tscKhz);
  yield* names(trace);
  for (const slice of trace.slices) yield stageSlice(slice, time);
  for (const sample of trace.samples) yield sampleSlice(sample, time);
  for (const event of trace.events) yield instant(event, time);
}

/** Each vCPU is a process of its own, its tracks are that process's threads. */
function* names({ slices, samples, events, threads }: MachineTrace): Generator<object> {
  const lanes = new Set([...slices, ...samples, ...events].map(({ lane }) => lane));
  for (const lane of [...lanes].sort((one, other) => one - other)) {
    yield metadata('process_name', lane, 0, { name: `vCPU ${lane} on CPU ${lane}` });
    for (const track of TRACKS) yield* trackName(lane, trackOf(track), TRACK_NAMES[track]);
    const measured = new Set(samples.filter((sample) => sample.lane === lane).map(({ thread }) => thread));
    for (const thread of measured) yield* trackName(lane, FIRST_THREAD + thread, threads[thread]);
  }
}

function* trackName(lane: number, track: number, name: string): Generator<object> {
  yield metadata('thread_name', lane, track, { name });
  yield metadata('thread_sort_index', lane, track, { sort_index: track });
}

function metadata(name: string, lane: number, tid: number, args: object): object {
  return { ph: 'M', name, pid: processOf(lane), tid, args };
}

function stageSlice({ stage, lane, begin, end }: TraceSlice, time: (tsc: number) => number): object {
  const name = STAGE_NAMES[stage];
  const { owner } = STAGES[name];
  return {
    ...slice(name, lane, trackOf(owner), time(begin), time(end)),
    cat: owner,
    args: { cycles: end - begin },
  };
}

function sampleSlice(sample: TracedSample, time: (tsc: number) => number): object {
  const { thread, lane, cycle, begin, end, latencyNs, rank } = sample;
  const title = `${rank === null ? 'sample' : `worst ${rank}: sample`} ${cycle}`;
  return {
    ...slice(title, lane, FIRST_THREAD + thread, time(begin), time(end)),
    cat: 'sample',
    args: { latency_ns: latencyNs, latency_cycles: end - begin },
  };
}

function slice(name: string, lane: number, tid: number, beginNs: number, endNs: number): object {
  return { ph: 'X', name, pid: processOf(lane), tid, ts: beginNs / 1000, dur: (endNs - beginNs) / 1000 };
}

/** A tracepoint: a mark on the track of whose code prints it. */
function instant({ tsc, lane, point, fields }: TraceEvent, time: (tsc: number) => number): object {
  const category = TRACE_POINTS[point];
  const track = trackOf(category === 'kvm' ? 'kvm' : 'host');
  const ts = time(tsc) / 1000;
  return { ph: 'i', s: 't', name: point, cat: category, pid: processOf(lane), tid: track, ts, args: fields };
}

/** 0 names the idle process to the viewers. */
const processOf = (lane: number) => lane + 1;
const trackOf = (track: Track) => TRACKS.indexOf(track) + 1;
