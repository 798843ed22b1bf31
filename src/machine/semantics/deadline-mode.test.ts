import { describe, expect, test } from 'vitest';
import { bench, DEADLINE_MODE } from '../../testing/bench.ts';
import { LVTT } from '../guest/bare-guest.ts';

const VERSIONS = ['4.4', '4.8', '4.13', '4.18', '5.2', '5.4', '5.8', '5.15', '6.1', '6.12', '6.18'];
const WITH_HV = VERSIONS.slice(1);
const SETTLE = 20_000;

const setUps = VERSIONS.flatMap((version) =>
  [true, false].flatMap((hv) => [true, false].map((apicv) => ({ version, hv, apicv }))),
);

describe('TSC-deadline mode', () => {
  test.each(setUps)(
    'case 1, 2: a deadline of now is one interrupt, then 0x6E0 reads 0 ($version, hv $hv, APICv $apicv)',
    (setUp) => {
      const { cpu, interrupts, runFor } = bench(setUp.version, {
        kvm: { enable_hv_timer: setUp.hv, enable_apicv: setUp.apicv },
      });
      cpu.enableInterrupts();
      cpu.writeTscDeadline(cpu.readTsc());
      runFor(1);
      expect(interrupts).toHaveLength(1);
      expect(cpu.readTscDeadline()).toBe(0);
      runFor(SETTLE);
      expect(interrupts).toHaveLength(1);
    },
  );

  test.each(setUps)(
    'case 2: before it expires 0x6E0 reads the deadline ($version, hv $hv, APICv $apicv)',
    (setUp) => {
      const { cpu } = bench(setUp.version, { kvm: { enable_hv_timer: setUp.hv, enable_apicv: setUp.apicv } });
      const deadline = cpu.readTsc() + 1_000_000;
      cpu.writeTscDeadline(deadline);
      expect(cpu.readTscDeadline()).toBe(deadline);
    },
  );

  test.each(VERSIONS)('case 10: a hardware-disabled APIC has no timer interrupt (%s)', (version) => {
    const { cpu, kvm, interrupts, runFor } = bench(version);
    cpu.enableInterrupts();
    cpu.writeTscDeadline(cpu.readTsc() + 50_000);
    kvm.timer.registers.hardwareEnabled = false;
    runFor(100_000);
    expect(interrupts).toHaveLength(0);
    if (kvm.features.msrReadsZeroWhenApicDisabled) {
      cpu.writeTscDeadline(cpu.readTsc() + 50_000);
      expect(cpu.readTscDeadline()).toBe(0);
    }
  });

  test.each(VERSIONS)('case 27: in one-shot mode a write to 0x6E0 is ignored and reads 0 (%s)', (version) => {
    const { cpu, interrupts, runFor } = bench(version);
    cpu.writeLvtt(LVTT.oneshot | 0xef);
    cpu.enableInterrupts();
    cpu.writeTscDeadline(cpu.readTsc() + 1000);
    expect(cpu.readTscDeadline()).toBe(0);
    runFor(SETTLE);
    expect(interrupts).toHaveLength(0);
  });

  describe('case 28: writing 0', () => {
    test.each(['4.8', '4.9', '4.12', '4.13'])('fires the hv timer at once on %s', (version) => {
      const { cpu, interrupts, exits, runFor } = bench(version);
      cpu.enableInterrupts();
      cpu.writeTscDeadline(cpu.readTsc() + 1_000_000);
      cpu.writeTscDeadline(0);
      runFor(2_000_000);
      expect(interrupts).toHaveLength(1);
      // 4.13 raises the interrupt inside the exit that armed it.
      const immediate = exits().filter((reason) => reason === 'PREEMPTION_TIMER');
      expect(immediate).toHaveLength(version === '4.13' ? 0 : 1);
    });

    test.each([
      ...['4.8', '4.13', '6.1'].map((version) => ({ version, hv: false })),
      ...['4.15', '4.18', '5.4', '6.1', '6.18'].map((version) => ({ version, hv: true })),
    ])('disarms on $version with hv $hv', ({ version, hv }) => {
      const { cpu, interrupts, runFor } = bench(version, { kvm: { enable_hv_timer: hv } });
      cpu.enableInterrupts();
      cpu.writeTscDeadline(cpu.readTsc() + 1_000_000);
      cpu.writeTscDeadline(0);
      runFor(2_000_000);
      expect(interrupts).toHaveLength(0);
    });
  });

  test.each(setUps.filter(({ version, apicv }) => !(apicv && version !== '4.8')))(
    'case 29: a new deadline before the old expiry was injected loses the old interrupt ($version, hv $hv)',
    ({ version, hv }) => {
      const { cpu, kvm, interrupts, runFor } = bench(version, { kvm: { enable_hv_timer: hv } });
      cpu.writeLvtt(DEADLINE_MODE | LVTT.masked);
      cpu.enableInterrupts();
      cpu.writeTscDeadline(cpu.readTsc() + 50_000);
      runFor(100_000);
      expect(kvm.timer.pending).toBe(true);
      const second = cpu.readTsc() + 50_000;
      cpu.writeTscDeadline(second);
      cpu.writeLvtt(DEADLINE_MODE);
      expect(interrupts).toHaveLength(0);
      runFor(100_000);
      expect(interrupts).toHaveLength(1);
      expect(interrupts[0]).toBeGreaterThanOrEqual(second);
    },
  );

  describe('case 30: expired under the mask, then unmasked', () => {
    function interruptsAfterUnmasking(version: string, apicv: boolean): number {
      const { cpu, interrupts, runFor } = bench(version, { kvm: { enable_apicv: apicv } });
      cpu.writeLvtt(DEADLINE_MODE | LVTT.masked);
      cpu.enableInterrupts();
      cpu.writeTscDeadline(cpu.readTsc() + 50_000);
      runFor(100_000);
      expect(interrupts).toHaveLength(0);
      cpu.writeLvtt(DEADLINE_MODE);
      runFor(100_000);
      return interrupts.length;
    }

    test('delivers on 4.8, and without APICv on every release', () => {
      expect(interruptsAfterUnmasking('4.8', true)).toBe(1);
      for (const version of WITH_HV) expect(interruptsAfterUnmasking(version, false)).toBe(1);
    });

    test.each(['5.8', '5.15', '6.1', '6.18'])(
      'is lost, as on hardware, with hv and APICv on %s',
      (version) => {
        expect(interruptsAfterUnmasking(version, true)).toBe(0);
      },
    );
  });

  describe('case 34: a deadline in the past', () => {
    function arm(version: string, hv = true) {
      const machine = bench(version, { kvm: { enable_hv_timer: hv } });
      machine.cpu.enableInterrupts();
      machine.runFor(SETTLE);
      const begin = machine.pcpu.now;
      machine.cpu.writeTscDeadline(machine.cpu.readTsc() - 1000);
      machine.runFor(1);
      const immediate = machine.exits().filter((reason) => reason === 'PREEMPTION_TIMER').length;
      return { ...machine, immediate, stages: machine.stagesSince(begin) };
    }

    test.each(['4.8', '4.12'])('exits before the first guest instruction on %s', (version) => {
      const { interrupts, immediate, stages } = arm(version);
      expect(immediate).toBe(1);
      expect(interrupts).toHaveLength(1);
      const entry = stages.indexOf('kvm.enter_guest');
      expect(stages[entry + 1]).toBe('kvm.exit_tail');
    });

    test.each(['4.13', '4.18', '5.4', '6.1', '6.18'])('takes no exit of the timer on %s', (version) => {
      const { interrupts, immediate } = arm(version);
      expect(immediate).toBe(0);
      expect(interrupts).toHaveLength(1);
    });

    test.each(VERSIONS)('is one interrupt by the hrtimer path on %s', (version) => {
      expect(arm(version, false).interrupts).toHaveLength(1);
    });
  });
});
