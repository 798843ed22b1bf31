import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadProfile } from '../../scenario/profile.ts';
import { resolveScenario } from '../../scenario/resolve.ts';
import { bench } from '../../testing/bench.ts';
import { LVTT, TDCR_DIVIDE_BY_1 } from '../guest/bare-guest.ts';
import { PreemptionTimer } from '../hardware/preemption-timer.ts';
import { GuestTsc } from '../hardware/tsc.ts';
import { kernelFeatures } from '../kvm/features.ts';
import { HvTimer } from '../kvm/hv-timer.ts';
import { KERNEL_VERSIONS } from '../kvm/versions.ts';

const shift = fc.integer({ min: 0, max: 12 });
const entry = fc.integer({ min: 0, max: 2 ** 40 });
const count = fc.integer({ min: 1, max: 2 ** 32 - 1 });
const HV_VERSIONS = KERNEL_VERSIONS.filter((version) => version !== '4.4');

describe('the VMX preemption timer', () => {
  test('case 16: without the save control an exit leaves the count as it was loaded', () => {
    fc.assert(
      fc.property(shift, count, entry, fc.nat(2 ** 32), (rate, value, start, ran) => {
        expect(new PreemptionTimer(rate).valueAfterExit(value, start, start + ran, false)).toBe(value);
      }),
    );
  });

  test('case 17: with it the count is smaller once the counter has ticked', () => {
    fc.assert(
      fc.property(shift, count, entry, fc.nat(2 ** 32), (rate, value, start, ran) => {
        const after = new PreemptionTimer(rate).valueAfterExit(value, start, start + 2 ** rate + ran, true);
        expect(after).toBeLessThan(value);
        expect(after).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('case 18, 22: the exit comes when the counted bit has changed as often as the value says, not before', () => {
    fc.assert(
      fc.property(shift, count, entry, (rate, value, start) => {
        const tick = 2 ** rate;
        const exit = new PreemptionTimer(rate).exitTime(value, start);
        expect(Math.floor(exit / tick) - Math.floor(start / tick)).toBe(value);
        // The guest's last TSC before the exit is smaller than the bound of case 22.
        expect(exit - 1).toBeLessThan(Math.floor(start / tick) * tick + value * tick);
      }),
    );
  });

  test.each(['4.18', '5.4', '6.1'])(
    'case 19: it fires out of a guest HLT that does not exit (%s)',
    (version) => {
      const { cpu, interrupts, exits, pcpu, stagesSince } = bench(version, {
        guest: { disable_exits: ['hlt'] },
      });
      cpu.writeTscDeadline(cpu.readTsc() + 100_000);
      const halted = pcpu.now;
      cpu.halt();
      expect(interrupts).toHaveLength(1);
      expect(exits()).not.toContain('HLT');
      expect(exits()).toContain('PREEMPTION_TIMER');
      expect(stagesSince(halted)[0]).toBe('guest.idle');
    },
  );

  test('case 20: value 0 exits before the first instruction', () => {
    fc.assert(
      fc.property(shift, entry, (rate, start) => {
        expect(new PreemptionTimer(rate).exitTime(0, start)).toBe(start);
      }),
    );
  });

  test('case 21: value 0 with an injected event: the event first, the exit at its handler', () => {
    // A periodic timer that is behind leaves the counter at 0 while its interrupt is injected.
    const machine = bench('6.1', { kvm: { min_timer_period_us: 1 } });
    const { cpu, interrupts, exits, runFor } = machine;
    const exitsAtHandler: number[] = [];
    machine.handler = () => {
      exitsAtHandler.push(exits().length);
      cpu.writeLvtt(LVTT.oneshot | LVTT.masked);
    };
    cpu.writeTdcr(TDCR_DIVIDE_BY_1);
    cpu.writeLvtt(LVTT.periodic | 0xef);
    cpu.writeTmict(1000);
    runFor(30_000);
    const before = exits().length;
    cpu.enableInterrupts();
    expect(interrupts.length).toBeGreaterThan(0);
    expect(exits().slice(before, exitsAtHandler[0])).toContain('PREEMPTION_TIMER');
  });

  test('case 23: a saved count goes on where it stopped instead of from its full value', () => {
    fc.assert(
      fc.property(
        shift,
        fc.integer({ min: 2, max: 2 ** 24 }),
        entry,
        fc.nat(2 ** 20),
        (rate, value, start, pause) => {
          const timer = new PreemptionTimer(rate);
          const middle = start + Math.floor((value * timer.tick) / 2);
          const left = timer.valueAfterExit(value, start, middle, true);
          const resumed = timer.exitTime(left, middle + pause);
          expect(resumed).toBeLessThanOrEqual(timer.exitTime(value, start) + pause + timer.tick);
          expect(resumed).toBeGreaterThanOrEqual(timer.exitTime(value, start));
        },
      ),
    );
  });

  test.each([5, 7])('case 32: 2^(32+%i) cycles are too far for the counter, one less are not', (rate) => {
    const limit = 2 ** (32 + rate);
    for (const version of HV_VERSIONS) {
      const hv = new HvTimer(kernelFeatures(version), new GuestTsc(3_000_000, null, 0), rate);
      expect(hv.set(1000 + limit - 1, 1000, 0)).toBe('armed');
      expect(hv.set(1000 + limit, 1000, 0)).toBe('erange');
    }
    const { cpu, kvm } = bench('6.1', { rateShift: rate });
    cpu.writeTscDeadline(cpu.readTsc() + limit + 100_000);
    expect(kvm.timer.hvTimerInUse).toBe(false);
    expect(kvm.host.timers.isActive(0)).toBe(true);
    cpu.writeTscDeadline(cpu.readTsc() + limit - 100_000);
    expect(kvm.timer.hvTimerInUse).toBe(true);
    expect(kvm.host.timers.isActive(0)).toBe(false);
  });

  test('case 33: at a TSC ratio of 1/2, 1000 guest cycles are 2000 of the host', () => {
    const hv = new HvTimer(kernelFeatures('6.1'), new GuestTsc(3_000_000, 1_500_000, 0), 5);
    expect(hv.set(6000, 10_000, 0)).toBe('armed');
    expect(hv.deadlineTsc - 10_000).toBe(2000);
  });

  test.each(HV_VERSIONS)('case 35: what entries write once the timer has expired (%s)', (version) => {
    const { cpu, kvm, interrupts, runFor } = bench(version);
    cpu.enableInterrupts();
    cpu.writeTscDeadline(cpu.readTsc() + 50_000);
    runFor(40_000);
    const armed = kvm.hv.valueWrites;
    runFor(60_000);
    expect(interrupts).toHaveLength(1);
    const softDisables = kernelFeatures(version).pinControl === 'soft-disable';
    expect(kvm.hv.valueWrites - armed).toBe(softDisables ? 1 : 0);
    for (let exit = 0; exit < 5; exit++) cpu.cpuid();
    expect(kvm.hv.valueWrites - armed).toBe(softDisables ? 1 : 0);
    cpu.writeTscDeadline(cpu.readTsc() + 50_000);
    expect(kvm.hv.valueWrites - armed).toBe(softDisables ? 2 : 1);
  });

  test('case 36: the count is rounded down and starts at the entry', () => {
    const timer = new PreemptionTimer(5);
    const readAt = 32 * 1000;
    expect(timer.valueFor(readAt + 1000, readAt)).toBe(31);
    expect(timer.exitTime(31, readAt)).toBe(readAt + 992);
    expect(timer.exitTime(31, readAt + 500)).toBe(readAt + 1472);
  });

  test.each(['5.4', '5.8', '6.1', '6.9', '6.18'])(
    'case 37: an exit while soft-disabled is nothing (%s)',
    (version) => {
      const { cpu, interrupts, exits, runFor } = bench(version, { rateShift: 5 });
      cpu.enableInterrupts();
      cpu.writeTscDeadline(cpu.readTsc() + 50_000);
      runFor(100_000);
      const before = exits().length;
      runFor(2 ** 37 + 1_000_000);
      expect(
        exits()
          .slice(before)
          .filter((reason) => reason === 'PREEMPTION_TIMER'),
      ).toHaveLength(1);
      expect(interrupts).toHaveLength(1);
    },
  );

  test.each([
    { signature: '0x000106A5', since: '4.8' },
    { signature: '0x000306A8', since: '5.0' },
    { signature: '0x00050654', since: null },
  ])('case 55: CPUID $signature', ({ signature, since }) => {
    const profile = loadProfile('xeon-gold-6248');
    for (const version of HV_VERSIONS) {
      const { scenario } = resolveScenario(
        { name: 'erratum', host: { kernel: { version } } },
        { profileOf: () => ({ ...profile, cpu: { ...profile.cpu, signature } }) },
      );
      const broken =
        since !== null && KERNEL_VERSIONS.indexOf(version) >= KERNEL_VERSIONS.indexOf(since as '4.8');
      expect(scenario.host.kvm.enable_hv_timer, version).toBe(!broken);
    }
  });

  test('case 56: since 5.3 a counter of 3 GHz is refused, unless the module was patched', () => {
    const usable = (version: string, rateShift: number, kvm = {}) =>
      bench(version, { rateShift, kvm }).kvm.canUseHvTimer;
    expect(usable('5.2', 0)).toBe(true);
    expect(usable('5.3', 0)).toBe(false);
    expect(usable('5.3', 5)).toBe(true);
    expect(usable('6.1', 0, { hv_count_limit: false })).toBe(true);
  });
});
