import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { machineConfig } from '../scenario/machine-config.ts';
import { resolveScenario } from '../scenario/resolve.ts';
import { workloadConfig } from '../scenario/workload-config.ts';
import { arbitraryScenario } from '../testing/arbitrary-scenario.ts';
import { bench } from '../testing/bench.ts';
import { HostTimer } from './host/host-timers.ts';
import type { KvmVcpu } from './kvm/vcpu.ts';
import { KERNEL_VERSIONS } from './kvm/versions.ts';
import type { Lane } from './lane.ts';
import { type Run, startRun } from './machine.ts';
import type { TracePoint } from './trace.ts';

/** Stages that a run of at most 60 loops may pass through; a machine that makes no progress passes through more. */
const STAGE_LIMIT = 3_000_000;
const RUNS = Number(process.env.KVMTIMER_PROPERTY_RUNS ?? 100);

/** The virtual CPUs of a run, wherever its kind keeps them. */
function vcpusOf(run: Run): KvmVcpu[] {
  const parts = run as unknown as { lane?: Lane; lanes?: { lane: Lane }[] };
  const lanes = parts.lanes?.map(({ lane }) => lane) ?? [parts.lane!];
  return lanes.flatMap(({ kvm }) => kvm ?? []);
}

interface Watched {
  readonly run: Run;
  readonly counts: Map<TracePoint, number>;
  readonly deadlines: number;
}

/** Runs a scenario to its end and looks at the timers of every vCPU at each of its entries. */
function runWatched(raw: Record<string, unknown>): Watched {
  const { scenario, profile } = resolveScenario(raw);
  const config = machineConfig(scenario, profile);
  const counts = new Map<TracePoint, number>();
  let vcpus: KvmVcpu[] = [];
  let stages = 0;
  let deadlines = 0;
  const run = startRun(config, workloadConfig(scenario), {
    observe: () => ({
      event(_tsc, point, fields) {
        counts.set(point, (counts.get(point) ?? 0) + 1);
        if (point === 'kvm_msr' && Number(fields.msr ?? fields.ecx) === 0x6e0) deadlines++;
        if (point === 'kvm_entry') vcpus.forEach(checkTimers);
      },
      sample() {},
      stage(_stage, end) {
        if (!Number.isSafeInteger(end)) throw new Error(`${end} is no count of cycles`);
        if (++stages > STAGE_LIMIT) throw new Error('no progress');
      },
    }),
  });
  vcpus = vcpusOf(run);
  while (run.advance(7));
  return { run, counts, deadlines };
}

function checkTimers({ timer, hv, host, features }: KvmVcpu): void {
  const swArmed = host.timers.isActive(HostTimer.lapic);
  if (!features.hvFailureLeavesTimerArmed) expect(timer.hvTimerInUse && swArmed).toBe(false);
  if (!timer.hvTimerInUse && !features.hvFailureLeavesTimerArmed)
    expect(hv.deadlineTsc).toBe(Number.POSITIVE_INFINITY);
}

describe('over random machines', () => {
  test('every run ends; latencies are not negative; the ledger is exact; one timer at most is armed', () => {
    fc.assert(
      fc.property(arbitraryScenario, (raw) => {
        const { run, counts, deadlines } = runWatched(raw);
        expect(run.done).toBeGreaterThanOrEqual(Math.min(1, run.total));
        for (const recorder of run.results) {
          if (recorder.samples === 0) continue;
          expect(recorder.minNs).toBeGreaterThanOrEqual(0);
          expect(recorder.minCycles).toBeGreaterThanOrEqual(0);
          expect(recorder.ledger.reduce((sum, cycles) => sum + cycles, 0)).toBe(recorder.sumCycles);
          expect(recorder.ledger.every((cycles) => cycles >= 0)).toBe(true);
          for (const { path, latencyCycles } of recorder.worst)
            expect(path.reduce((sum, [, cycles]) => sum + cycles, 0)).toBe(latencyCycles);
        }
        const { tool } = raw.workload as { tool: string };
        // 4.8 to 4.13 fire a deadline of 0 after a block: the cause is a bug of theirs (case 28).
        const soundZero = vcpusOf(run).every(({ features }) => features.hvRefusesZeroDeadline);
        if (tool === 'cyclictest' && soundZero) {
          expect(counts.get('kvm_inj_virq') ?? 0).toBeLessThanOrEqual(deadlines);
        }
      }),
      { numRuns: RUNS },
    );
  });
});

describe('over random sequences of deadlines', () => {
  const arm = fc.record({
    delta: fc.integer({ min: 30_000, max: 300_000 }),
    replaced: fc.boolean(),
    halts: fc.boolean(),
  });
  const setUp = fc.record({
    version: fc.constantFrom(...KERNEL_VERSIONS),
    hv: fc.boolean(),
    apicv: fc.boolean(),
    rateShift: fc.constantFrom(5, 7),
    haltPoll: fc.constantFrom(0, 200_000),
  });
  /** From the deadline to the handler under the bench's costs, HLT included. */
  const LATEST = 15_000;

  test('each that is not replaced interrupts once, not before its time and not much later', () => {
    fc.assert(
      fc.property(
        setUp,
        fc.array(arm, { minLength: 1, maxLength: 12 }),
        ({ version, hv, apicv, rateShift, haltPoll }, arms) => {
          const { cpu, interrupts, runFor } = bench(version, {
            rateShift,
            kvm: { enable_hv_timer: hv, enable_apicv: apicv, halt_poll_ns: haltPoll },
          });
          cpu.enableInterrupts();
          for (const { delta, replaced, halts } of arms) {
            interrupts.length = 0;
            const deadline = cpu.readTsc() + delta;
            cpu.writeTscDeadline(deadline);
            if (replaced) {
              runFor(Math.floor(delta / 3));
              expect(interrupts).toEqual([]);
              continue;
            }
            if (halts) cpu.halt();
            else runFor(delta + LATEST);
            expect(interrupts).toHaveLength(1);
            expect(interrupts[0] - deadline).toBeGreaterThanOrEqual(0);
            expect(interrupts[0] - deadline).toBeLessThan(LATEST);
            runFor(LATEST);
            expect(interrupts).toHaveLength(1);
          }
        },
      ),
      { numRuns: RUNS },
    );
  });
});
