import { describe, expect, test } from 'vitest';
import { type Bench, bench } from '../../testing/bench.ts';
import { HostTimer } from '../host/host-timers.ts';
import { kernelFeatures } from '../kvm/features.ts';
import { HaltPolling } from '../kvm/halt-polling.ts';
import { KERNEL_VERSIONS, type KernelVersion } from '../kvm/versions.ts';
import { Source } from '../pcpu.ts';

const VERSIONS = ['4.8', '4.13', '4.18', '5.2', '5.4', '5.8', '5.15', '6.1', '6.12', '6.18'];
const MS = 3_000_000;

/** The blocked thread is woken at `tsc` by something that is not its timer, a signal say. */
function wakeAt({ kvm, pcpu }: Bench, tsc: number): void {
  kvm.host.postedArrived = () => {
    kvm.woken = true;
  };
  pcpu.agenda.schedule(Source.postedInterrupt, tsc);
}

function polling(version: KernelVersion, max: number, grow: number, shrink: number): HaltPolling {
  const settings = {
    haltPollNs: max,
    haltPollNsGrow: grow,
    haltPollNsGrowStart: 10_000,
    haltPollNsShrink: shrink,
  };
  return new HaltPolling(kernelFeatures(version), settings);
}

/** What the poll is after each block, as the next halt sees it. */
function pollsAfter(halt: HaltPolling, blocksNs: readonly number[]): number[] {
  return blocksNs.map((ns) => {
    halt.update(ns);
    return halt.start();
  });
}

describe('blocking and scheduling', () => {
  describe('case 38: preempted for 3 ms across the deadline', () => {
    const competitor = { name: 'rt', policy: 'fifo', priority: 50, period_us: 1_000_000, run_us: 3000 };

    function entriesToInterrupt(version: string, hv: boolean) {
      const machine = bench(version, {
        kvm: { enable_hv_timer: hv },
        vcpu: { pcpu: { competitors: [competitor] } },
      });
      const { cpu, events, interrupts, runFor, pcpu } = machine;
      runFor(499 * MS - pcpu.now);
      cpu.enableInterrupts();
      const deadline = 501 * MS;
      cpu.writeTscDeadline(deadline);
      runFor(10 * MS);
      expect(interrupts).toHaveLength(1);
      const back = events.findLast(({ point, tsc }) => point === 'sched_switch' && tsc < interrupts[0])!.tsc;
      const entries = events.filter(
        ({ point, tsc }) => point === 'kvm_entry' && tsc > back && tsc <= interrupts[0],
      );
      expect(interrupts[0] - deadline).toBeGreaterThan(1.5 * MS);
      return entries.length;
    }

    test.each(['4.8', '5.4', '6.1'])('the hv timer takes one entry more than the hrtimer (%s)', (version) => {
      expect(entriesToInterrupt(version, true)).toBe(2);
      expect(entriesToInterrupt(version, false)).toBe(1);
    });
  });

  test.each(VERSIONS)(
    'case 39: HLT moves an armed hv timer to the hrtimer, an early wake-up moves it back (%s)',
    (version) => {
      const machine = bench(version);
      const { cpu, kvm, events, interrupts, pcpu } = machine;
      const deadline = cpu.readTsc() + 3 * MS;
      cpu.writeTscDeadline(deadline);
      expect(kvm.timer.hvTimerInUse).toBe(true);
      const switches: { hv: boolean; hrtimer: number }[] = [];
      const [toSw, toHv] = [kvm.timer.switchToSwTimer, kvm.timer.switchToHvTimer];
      const note = (change: () => void) => () => {
        change.call(kvm.timer);
        switches.push({ hv: kvm.timer.hvTimerInUse, hrtimer: kvm.host.timers.expiryOf(HostTimer.lapic) });
      };
      kvm.timer.switchToSwTimer = note(toSw);
      kvm.timer.switchToHvTimer = note(toHv);
      wakeAt(machine, pcpu.now + MS);
      cpu.halt();
      expect(interrupts).toHaveLength(1);
      const [blocked, woken] = switches;
      expect(blocked.hv).toBe(false);
      const due = kvm.host.timers.clock.tscAt(blocked.hrtimer);
      expect(Math.abs(due - deadline)).toBeLessThan(100);
      expect(woken).toEqual({ hv: true, hrtimer: Number.POSITIVE_INFINITY });
      expect(events.filter(({ point }) => point === 'kvm_vcpu_wakeup')).toHaveLength(2);
    },
  );

  test.each([
    { version: '4.8', max: 400_000 },
    { version: '4.13', max: 200_000 },
    { version: '5.4', max: 200_000 },
    { version: '6.1', max: 200_000 },
  ] as const)(
    'case 40: the poll doubles to cover the block, and collapses after a long one ($version)',
    ({ version, max }) => {
      const halt = polling(version, max, 2, 0);
      const short = Array(6).fill(50_000);
      expect(pollsAfter(halt, [...short, 1_000_000])).toEqual([
        10_000, 20_000, 40_000, 80_000, 80_000, 80_000, 0,
      ]);
    },
  );

  test('case 41: with shrink 2 the poll halves until it is below its start', () => {
    const halt = polling('6.12', 200_000, 2, 2);
    halt.ns = 160_000;
    const long = Array(5).fill(1_000_000);
    expect(pollsAfter(halt, long)).toEqual([80_000, 40_000, 20_000, 10_000, 0]);
    expect(KERNEL_VERSIONS.filter((version) => kernelFeatures(version).haltPollShrink === 2)[0]).toBe('6.11');
  });

  test.each(['4.8', '5.4', '6.1'])('case 42: no polling while another task is runnable (%s)', (version) => {
    const competitor = { name: 'other', period_us: 1_000_000, run_us: 20_000 };
    const polls = (competitors: object[]) => {
      const machine = bench(version, { kvm: { halt_poll_ns: 200_000 }, vcpu: { pcpu: { competitors } } });
      const { cpu, pcpu, runFor, stagesSince } = machine;
      runFor(501 * MS - pcpu.now);
      for (let loop = 0; loop < 4; loop++) {
        cpu.writeTscDeadline(cpu.readTsc() + 0.05 * MS);
        cpu.halt();
        cpu.disableInterrupts();
      }
      const begin = pcpu.now;
      cpu.writeTscDeadline(cpu.readTsc() + 0.05 * MS);
      cpu.halt();
      return stagesSince(begin).includes('kvm.halt_poll');
    };
    expect(polls([])).toBe(true);
    expect(polls([competitor])).toBe(false);
  });

  test.each(['4.18', '5.4', '6.1', '6.18'])(
    'case 43: MWAIT pass-through excludes the hv timer, HLT alone does not (%s)',
    (version) => {
      const all = bench(version, { guest: { disable_exits: ['hlt', 'mwait', 'pause'] } });
      all.cpu.writeTscDeadline(all.cpu.readTsc() + MS);
      expect(all.kvm.timer.hvTimerInUse).toBe(false);
      expect(all.kvm.host.timers.isActive(HostTimer.lapic)).toBe(true);
      all.cpu.halt();
      expect(all.interrupts).toHaveLength(1);
      expect(all.exits()).toContain('EXTERNAL_INTERRUPT');

      const hltOnly = bench(version, { guest: { disable_exits: ['hlt'] } });
      hltOnly.cpu.writeTscDeadline(hltOnly.cpu.readTsc() + MS);
      expect(hltOnly.kvm.timer.hvTimerInUse).toBe(true);
      hltOnly.cpu.halt();
      expect(hltOnly.interrupts).toHaveLength(1);
      expect(hltOnly.exits()).toContain('PREEMPTION_TIMER');
    },
  );

  describe('case 44: the vCPU moves to another pCPU', () => {
    test.each(VERSIONS)('an armed hv timer keeps its instant (%s)', (version) => {
      const { cpu, kvm, interrupts, runFor } = bench(version);
      cpu.enableInterrupts();
      const deadline = cpu.readTsc() + MS;
      cpu.writeTscDeadline(deadline);
      kvm.schedOut();
      kvm.schedIn(true);
      expect(kvm.timer.hvTimerInUse).toBe(true);
      expect(kvm.hv.deadlineTsc).toBe(cpu.hostTscOf(deadline));
      cpu.cpuid();
      runFor(2 * MS);
      expect(interrupts).toHaveLength(1);
      expect(interrupts[0] - deadline).toBeLessThan(5000);
    });

    test.each(['4.4', ...VERSIONS])(
      'the hrtimer is queued anew with the same expiry before the entry (%s)',
      (version) => {
        const { cpu, kvm, events, interrupts, runFor } = bench(version, {
          kvm: version === '4.4' ? {} : { enable_hv_timer: false },
        });
        cpu.enableInterrupts();
        cpu.writeTscDeadline(cpu.readTsc() + MS);
        const expiry = kvm.host.timers.expiryOf(HostTimer.lapic);
        kvm.schedOut();
        kvm.schedIn(true);
        const before = events.length;
        cpu.cpuid();
        const moved = events.slice(before).map(({ point }) => point);
        expect(moved.indexOf('hrtimer_cancel')).toBeGreaterThan(-1);
        expect(moved.indexOf('hrtimer_start')).toBeGreaterThan(moved.indexOf('hrtimer_cancel'));
        expect(moved.indexOf('kvm_entry')).toBeGreaterThan(moved.indexOf('hrtimer_start'));
        expect(kvm.host.timers.expiryOf(HostTimer.lapic)).toBe(expiry);
        runFor(2 * MS);
        expect(interrupts).toHaveLength(1);
      },
    );
  });
});
