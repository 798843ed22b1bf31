import { describe, expect, test } from 'vitest';
import { bench } from '../../testing/bench.ts';
import { HostTimer } from '../host/host-timers.ts';
import { kernelFeatures } from '../kvm/features.ts';
import { TimerAdvance } from '../kvm/timer-advance.ts';
import { waitLapicExpire } from '../kvm/wait-lapic-expire.ts';
import { Source } from '../pcpu.ts';

const MS = 3_000_000;
const POSTING = { kvm: { enable_apicv: true, pi_inject_timer: 1 }, guest: { disable_exits: ['hlt'] } };

describe('injection', () => {
  test.each(['5.8', '5.15', '6.1', '6.18'])(
    'case 45: with APICv an hv expiry is never pending (%s)',
    (version) => {
      const machine = bench(version, { kvm: { enable_apicv: true } });
      const { cpu, kvm, interrupts, runFor } = machine;
      let raised = 0;
      kvm.pendingTimerRaised = () => raised++;
      const read: number[] = [];
      machine.handler = () => read.push(kvm.timer.getTscdeadlineMsr());
      cpu.enableInterrupts();
      for (let round = 0; round < 10; round++) {
        cpu.writeTscDeadline(cpu.readTsc() + 50_000);
        runFor(100_000);
      }
      expect(interrupts).toHaveLength(10);
      expect(raised).toBe(0);
      expect(read).toEqual(Array(10).fill(0));
    },
  );

  describe('case 46: posted timer interrupts', () => {
    test.each(['5.3', '5.8', '5.15', '6.1', '6.18'])(
      'reach a running guest without an exit (%s)',
      (version) => {
        const { cpu, kvm, interrupts, exits, runFor } = bench(version, POSTING);
        expect(kvm.canPostTimerInterrupt).toBe(true);
        cpu.enableInterrupts();
        cpu.writeTscDeadline(cpu.readTsc() + 5 * MS);
        const armed = exits().length;
        runFor(10 * MS);
        expect(interrupts).toHaveLength(1);
        expect(exits().slice(armed)).toEqual([]);
      },
    );

    test.each(['5.8', '5.15', '6.1', '6.18'])(
      'find a vCPU outside the guest: pending and a kick (%s)',
      (version) => {
        const { cpu, kvm, interrupts, runFor, pcpu } = bench(version, POSTING);
        cpu.enableInterrupts();
        cpu.writeTscDeadline(cpu.readTsc() + 5 * MS);
        let raised = 0;
        const raise = kvm.pendingTimerRaised.bind(kvm);
        kvm.pendingTimerRaised = (fromHrtimer) => {
          raised++;
          raise(fromHrtimer);
        };
        runFor(pcpu.agenda.timeOf(Source.postedInterrupt) - pcpu.now - 300);
        cpu.cpuid();
        runFor(1000);
        expect(raised).toBe(1);
        expect(interrupts).toHaveLength(1);
      },
    );

    test('wait on the housekeeping CPU for what the advance came too early', () => {
      const { cpu, interrupts, runFor } = bench('6.1', {
        ...POSTING,
        kvm: { ...POSTING.kvm, lapic_timer_advance_ns: 4000 },
        host: { housekeeping_load: 0 },
      });
      cpu.enableInterrupts();
      const deadline = cpu.readTsc() + 5 * MS;
      cpu.writeTscDeadline(deadline);
      runFor(10 * MS);
      expect(interrupts[0] - deadline).toBeGreaterThanOrEqual(0);
      expect(interrupts[0] - deadline).toBeLessThan(500);
    });
  });

  test('case 47: an expiry before the next event of the housekeeping CPU stays local', () => {
    const { cpu, kvm, interrupts, exits, runFor, pcpu } = bench('6.1', POSTING);
    cpu.enableInterrupts();
    const hz = kvm.config.host.hz;
    const now = kvm.host.timers.read();
    const nextTick = (Math.floor(now / (1e9 / hz)) + 1) * (1e9 / hz);
    cpu.writeTscDeadline(cpu.readTsc() + Math.floor(((nextTick - now) * 3) / 2));
    expect(kvm.host.timers.isActive(HostTimer.lapic)).toBe(true);
    expect(pcpu.agenda.timeOf(Source.postedInterrupt)).toBe(Number.POSITIVE_INFINITY);
    runFor(5 * MS);
    expect(interrupts).toHaveLength(1);
    expect(exits()).toContain('EXTERNAL_INTERRUPT');
  });

  test.each([
    { from: 1000, delta: -800, to: 950 },
    { from: 1000, delta: 50, to: 1000 },
    { from: 1000, delta: 20_000, to: 1000 },
    { from: 4950, delta: 4000, to: 1000 },
    { from: 20, delta: -1000, to: 1000 },
  ])('case 48: an advance of $from after $delta cycles is $to', ({ from, delta, to }) => {
    for (const version of ['5.4', '5.8', '6.1', '6.18'] as const) {
      const advance = new TimerAdvance(kernelFeatures(version), -1, 2_000_000);
      advance.ns = from;
      advance.adjust(delta);
      expect(advance.ns).toBe(to);
    }
  });

  test.each([
    { early: 600, spin: 600 },
    { early: 1500, spin: 1000 },
  ])('case 49: $early ns early, the wait is $spin ns', ({ early, spin }) => {
    for (const version of ['4.18', '5.4', '6.1'] as const) {
      const { kvm, pcpu } = bench(version, { kvm: { lapic_timer_advance_ns: 1000 } });
      kvm.interrupts.inService = true;
      kvm.timer.expiredTscdeadline = pcpu.now + early * 3;
      const begin = pcpu.now;
      waitLapicExpire(kvm);
      expect(pcpu.now - begin).toBeGreaterThanOrEqual(spin * 3);
      expect(pcpu.now - begin).toBeLessThan(spin * 3 + 60);
      expect(kvm.timer.expiredTscdeadline).toBe(0);
    }
  });

  test.each([
    { version: '5.0', cycles: 1000 },
    { version: '5.2', cycles: 2000 },
  ])('at half the TSC rate, 1000 guest cycles of wait are $cycles of the host ($version)', (setUp) => {
    const { cpu, kvm, pcpu } = bench(setUp.version, {
      guest: { tsc_khz: 1_500_000 },
      kvm: { lapic_timer_advance_ns: 5000 },
    });
    kvm.interrupts.inService = true;
    kvm.timer.expiredTscdeadline = cpu.readTsc() + 1000;
    const begin = pcpu.now;
    waitLapicExpire(kvm);
    expect(Math.abs(pcpu.now - begin - setUp.cycles)).toBeLessThan(100);
  });

  describe('case 50: the fastpath of the preemption timer', () => {
    function stagesOfExpiry(version: string, apicv: boolean): string[] {
      const { cpu, interrupts, runFor, pcpu, stagesSince } = bench(version, { kvm: { enable_apicv: apicv } });
      cpu.enableInterrupts();
      cpu.writeTscDeadline(cpu.readTsc() + 50_000);
      runFor(40_000);
      const begin = pcpu.now;
      runFor(20_000);
      expect(interrupts).toHaveLength(1);
      const stages = stagesSince(begin);
      return stages.slice(0, stages.indexOf('guest.bare_handler'));
    }

    test.each(['5.8', '5.15', '6.1', '6.18'])(
      're-enters with APICv and runs the whole loop without (%s)',
      (version) => {
        const fast = stagesOfExpiry(version, true);
        expect(fast).toContain('kvm.expired_hv_timer');
        expect(fast).not.toContain('kvm.handle_exit');
        expect(fast).not.toContain('kvm.handle_exit_irqoff');
        expect(fast).not.toContain('kvm.run_loop');
        const slow = stagesOfExpiry(version, false);
        for (const stage of [
          'kvm.handle_exit_irqoff',
          'kvm.handler_skipped',
          'kvm.run_loop',
          'kvm.inject_irq',
        ])
          expect(slow).toContain(stage);
      },
    );

    test('does not exist before 5.8', () => {
      expect(stagesOfExpiry('5.7', true)).toContain('kvm.run_loop');
    });
  });
});
