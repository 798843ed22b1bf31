import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { writeFtrace } from '../formats/ftrace/write.ts';
import type { MachineTrace } from '../formats/machine-trace.ts';
import { writePerfetto } from '../formats/perfetto/write.ts';
import { writeTraceJson } from '../formats/trace-json/write.ts';
import { BLOCK_LOOPS } from '../machine/blocks.ts';
import { startRun } from '../machine/machine.ts';
import { TraceCollector } from '../machine/trace-collector.ts';
import { machineConfig } from '../scenario/machine-config.ts';
import { resolveScenario } from '../scenario/resolve.ts';
import { workloadConfig } from '../scenario/workload-config.ts';
import { resultDocument } from './result.ts';
import { runScenario } from './run-at-once.ts';
import { traceScenario } from './trace-scenario.ts';

const ALL = { points: null, aroundWorst: null } as const;

/** Machines that differ in what stands between the timer and the guest. */
const raws = fc
  .record({
    version: fc.constantFrom('4.4', '4.8', '4.13', '5.2', '5.4', '5.8', '6.1', '6.18'),
    virtualization: fc.constantFrom('kvm', 'kvm', 'kvm', 'bare-metal', 'nested'),
    idle: fc.constantFrom('poll', 'hlt'),
    hvTimer: fc.boolean(),
    apicv: fc.boolean(),
    advance: fc.constantFrom(null, 0, 2000),
    threads: fc.integer({ min: 1, max: 3 }),
    seed: fc.string({ minLength: 1, maxLength: 5, unit: fc.constantFrom('a', 'b', 'c') }),
  })
  .map(({ version, virtualization, idle, hvTimer, apicv, advance, threads, seed }) => ({
    name: 'any',
    seed,
    virtualization,
    host: {
      kernel: { version },
      kvm: { enable_hv_timer: hvTimer, enable_apicv: apicv, lapic_timer_advance_ns: advance },
      noise: {
        smi: { per_second: 200, duration_us: [5, 50] },
        kworker: { per_second: 300, duration_us: [5, 20] },
      },
    },
    vcpus: [{}, { pcpu: { isolated: false, competitors: [{ period_us: 2000, run_us: 100 }] } }],
    guest: { idle, kernel: { version: '6.1' } },
    workload: { tool: 'cyclictest', threads, loops: 12, interval_us: 500 },
  }));

/** Every format's bytes of a trace. */
function bytes(trace: MachineTrace): string {
  const ftrace = writeFtrace(trace.events, { ...trace, clock: 'tsc' });
  return [...ftrace, ...writePerfetto(trace), ...writeTraceJson(trace)].join('');
}

describe('any trace', () => {
  test('the same seed gives the same bytes', async () => {
    await fc.assert(
      fc.asyncProperty(raws, async (raw) => {
        const [one, other] = [
          await traceScenario(resolveScenario(raw), ALL),
          await traceScenario(resolveScenario(raw), ALL),
        ];
        expect(bytes(one.trace)).toBe(bytes(other.trace));
      }),
      { numRuns: 15 },
    );
  });

  test('the stages within a sample add up to it', async () => {
    await fc.assert(
      fc.asyncProperty(raws, async (raw) => {
        const { trace } = await traceScenario(resolveScenario(raw), ALL);
        expect(trace.samples.length).toBeGreaterThanOrEqual(12);
        for (const { lane, begin, end } of trace.samples) {
          const within = trace.slices.filter(
            (slice) => slice.lane === lane && slice.end > begin && slice.begin < end,
          );
          const cycles = within.map((slice) => Math.min(slice.end, end) - Math.max(slice.begin, begin));
          expect(cycles.reduce((sum, own) => sum + own, 0)).toBe(end - begin);
        }
      }),
      { numRuns: 15 },
    );
  });

  test('watching has no influence on the results', () => {
    fc.assert(
      fc.property(raws, (raw) => {
        const input = resolveScenario(raw);
        const config = machineConfig(input.scenario, input.profile);
        const watched = startRun(config, workloadConfig(input.scenario), new TraceCollector());
        for (let piece = 1; watched.advance(piece); piece++) {
          if (piece % 2 === 0) watched.observe(piece % 4 === 0 ? new TraceCollector() : null);
        }
        expect(resultDocument(input, watched, false)).toEqual(runScenario(input));
      }),
      { numRuns: 25 },
    );
  });

  test('nothing happens before what happened before it, and every exit of a vCPU leads to an entry', async () => {
    await fc.assert(
      fc.asyncProperty(raws, async (raw) => {
        const { trace } = await traceScenario(resolveScenario(raw), ALL);
        const times = trace.events.map(({ tsc }) => tsc);
        expect(times).toEqual(times.toSorted((one, other) => one - other));
        if (raw.virtualization !== 'kvm' || trace.features.kvmEntryTrace === 'early') return;
        const passes = trace.events
          .filter(({ lane, point }) => lane === 0 && (point === 'kvm_exit' || point === 'kvm_entry'))
          .map(({ point }) => (point === 'kvm_exit' ? 'x' : 'e'))
          .join('');
        expect(passes).toMatch(/^(xe)+x?$/);
      }),
      { numRuns: 15 },
    );
  });
});

describe('around the worst samples', () => {
  const raw = {
    name: 'smi',
    host: { kernel: { version: '6.1' }, noise: { smi: { per_second: 20, duration_us: [50, 300] } } },
    vcpus: [{}, {}],
    guest: { kernel: { version: '6.1' } },
    workload: { tool: 'cyclictest', threads: 2, loops: 2000 },
  };
  const input = resolveScenario(raw);

  test('the samples are those of the run, each between its neighbours', async () => {
    const { trace, worst, partial } = await traceScenario(input, { points: null, aroundWorst: 4 });
    const { measurements } = runScenario(input);
    const expected = measurements
      .flatMap(({ worst: own }) => own!.map(({ latency_ns }) => latency_ns))
      .sort((one, other) => other - one)
      .slice(0, 4);
    expect(partial).toBe(false);
    expect(worst.map(({ latencyNs }) => latencyNs)).toEqual(expected);
    const ranked = trace.samples.filter(({ rank }) => rank !== null);
    expect(ranked.map(({ rank }) => rank).sort()).toEqual([1, 2, 3, 4]);
    for (const { thread, cycle, rank, latencyNs } of ranked) {
      expect(latencyNs).toBe(worst[rank! - 1].latencyNs);
      const cycles = trace.samples.filter((sample) => sample.thread === thread).map((sample) => sample.cycle);
      expect(cycles).toEqual(expect.arrayContaining([cycle - 1, cycle, cycle + 1]));
    }
    expect(trace.samples.length).toBeLessThanOrEqual(12);
  });

  test('what is traced there is what a trace of everything shows there', async () => {
    const near = (await traceScenario(input, { points: null, aroundWorst: 1 })).trace;
    const all = (await traceScenario(input, ALL)).trace;
    const [from, to] = [near.samples[0].begin, near.samples.at(-1)!.end];
    const { lane } = near.samples[0];
    const inWindow = all.events.filter(
      (event) => event.lane === lane && event.tsc >= from && event.tsc <= to,
    );
    expect(near.events.length).toBeGreaterThan(10);
    expect(near.events).toEqual(inWindow);
  });
});

test('the worst samples of a long run are found in whatever block they lie', async () => {
  const noise = { smi: { per_second: 1, duration_us: [50, 300] } };
  const long = resolveScenario({
    name: 'long',
    host: { kernel: { version: '6.1' }, noise },
    workload: { tool: 'cyclictest', loops: BLOCK_LOOPS + 50_000 },
  });
  const { trace, worst } = await traceScenario(long, { points: null, aroundWorst: 6 });
  const [{ worst: expected }] = runScenario(long).measurements;
  expect(worst.map(({ cycle, latencyNs }) => [cycle, latencyNs])).toEqual(
    expected!.slice(0, 6).map(({ cycle, latency_ns }) => [cycle, latency_ns]),
  );
  expect(worst.filter(({ cycle }) => cycle >= BLOCK_LOOPS).length).toBeGreaterThan(0);
  for (const { cycle, latencyNs } of worst) {
    const traced = trace.samples.find((sample) => sample.cycle === cycle);
    expect(traced?.latencyNs).toBe(latencyNs);
    const within = trace.slices.filter(({ begin, end }) => begin >= traced!.begin && end <= traced!.end);
    expect(within.length).toBeGreaterThan(10);
  }
});

test('a trace that no viewer would open is refused with advice', async () => {
  const raw = { name: 'long', workload: { tool: 'cyclictest', loops: 100_000 } };
  await expect(traceScenario(resolveScenario(raw), ALL)).rejects.toThrow(
    /the trace exceeds 3000000 events and stages \(fewer --loops, or --around-worst/,
  );
});
