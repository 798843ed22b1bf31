import { describe, expect, test } from 'vitest';
import { resolveScenario } from '../../scenario/resolve.ts';
import { type Bench, type BenchOptions, bench } from '../../testing/bench.ts';
import { LVTT, TDCR_DIVIDE_BY_1 } from '../guest/bare-guest.ts';

const VECTOR = 0xef;
const CYCLES_PER_NS = 3;
const LONG = 0x99_9999;
const setUps = ['4.4', '4.8', '4.10', '4.13', '4.15', '5.4', '5.8', '6.1', '6.12', '6.18', '6.19'].flatMap(
  (version) => [true, false].map((hv) => ({ version, hv })),
);
const rescaling = setUps.filter(({ version }) => !['4.4', '4.8', '4.10', '4.13'].includes(version));

function counting(
  mode: number,
  { version, hv }: { version: string; hv: boolean },
  more: BenchOptions = {},
): Bench {
  const machine = bench(version, { ...more, kvm: { enable_hv_timer: hv, ...more.kvm } });
  machine.cpu.writeTdcr(TDCR_DIVIDE_BY_1);
  machine.cpu.writeLvtt(mode | VECTOR);
  machine.cpu.enableInterrupts();
  return machine;
}

/** Reads TMCCT every 10 µs until `until` says stop; at most 3000 reads. */
function readUntil({ cpu, runFor }: Bench, until: (count: number) => boolean): number {
  for (let read = 0; read < 3000; read++) {
    const count = cpu.readTmcct();
    if (until(count)) return count;
    runFor(30_000);
  }
  throw new Error('TMCCT never got there');
}

describe('one-shot and periodic mode', () => {
  test.each(setUps)('case 3: one-shot fires once and not early ($version, hv $hv)', (setUp) => {
    const { cpu, interrupts, runFor } = counting(LVTT.oneshot, setUp);
    const begin = cpu.readTsc();
    cpu.writeTmict(0x1_0000);
    runFor(10 * 0x1_0000 * CYCLES_PER_NS);
    expect(interrupts).toHaveLength(1);
    expect(interrupts[0] - begin).toBeGreaterThanOrEqual(0x1_0000 * CYCLES_PER_NS);
  });

  test.each(setUps)('case 4: the change to periodic leaves TMICT as it is ($version, hv $hv)', (setUp) => {
    const { cpu, kvm } = counting(LVTT.oneshot, setUp);
    cpu.writeTmict(LONG);
    cpu.writeLvtt(LVTT.periodic | VECTOR);
    expect(kvm.timer.registers.tmict).toBe(LONG);
  });

  test.each(setUps)('case 5: TMCCT counts to 0 and stays there ($version, hv $hv)', (setUp) => {
    const machine = counting(LVTT.oneshot, setUp);
    machine.cpu.writeTmict(LONG);
    expect(machine.cpu.readTmcct()).toBeGreaterThan(0);
    readUntil(machine, (count) => count === 0);
    for (let read = 0; read < 10; read++) {
      machine.runFor(1_000_000);
      expect(machine.cpu.readTmcct()).toBe(0);
    }
  });

  test.each(rescaling)(
    'case 6, 7: switched to periodic it counts on, then wraps ($version, hv $hv)',
    (setUp) => {
      const machine = counting(LVTT.oneshot, setUp);
      machine.cpu.writeTmict(LONG);
      readUntil(machine, (count) => count < LONG / 2);
      machine.cpu.writeLvtt(LVTT.periodic | VECTOR);
      const count = machine.cpu.readTmcct();
      expect(count).toBeGreaterThan(0);
      expect(count).toBeLessThan(LONG / 2);
      expect(readUntil(machine, (current) => current > LONG / 2)).toBeGreaterThan(LONG / 2);
      expect(machine.interrupts).toHaveLength(1);
    },
  );

  test.each(rescaling)(
    'case 8: periodic to one-shot mid-count runs out and stops ($version, hv $hv)',
    (setUp) => {
      const machine = counting(LVTT.periodic, setUp);
      machine.cpu.writeTmict(LONG);
      readUntil(machine, (count) => count < LONG / 2);
      machine.cpu.writeLvtt(LVTT.oneshot | VECTOR);
      expect(machine.cpu.readTmcct()).toBeLessThan(LONG / 2);
      readUntil(machine, (count) => count === 0);
      machine.runFor(2 * LONG * CYCLES_PER_NS);
      expect(machine.cpu.readTmcct()).toBe(0);
      expect(machine.interrupts).toHaveLength(1);
    },
  );

  test.each(rescaling)('case 9: a stopped timer does not restart as periodic ($version, hv $hv)', (setUp) => {
    const machine = counting(LVTT.oneshot, setUp);
    machine.cpu.writeTmict(LONG);
    machine.runFor(2 * LONG * CYCLES_PER_NS);
    machine.cpu.writeLvtt(LVTT.periodic | VECTOR);
    machine.runFor(2 * LONG * CYCLES_PER_NS);
    expect(machine.cpu.readTmcct()).toBe(0);
    expect(machine.interrupts).toHaveLength(1);
  });

  const CODES = [0x0, 0x1, 0x2, 0x3, 0x8, 0x9, 0xa, 0xb];
  const DIVIDERS = [2, 4, 8, 16, 32, 64, 128, 1];
  test.each([
    { version: '6.1', busNs: 1 },
    { version: '6.11', busNs: 1 },
    { version: '6.11', busNs: 40 },
  ])('case 24: every divider counts at the bus clock ($version, $busNs ns)', ({ version, busNs }) => {
    CODES.forEach((code, index) => {
      const { cpu, runFor } = counting(
        LVTT.oneshot | LVTT.masked,
        { version, hv: true },
        {
          kvm: { apic_bus_cycle_ns: busNs },
        },
      );
      cpu.writeTdcr(code);
      const begin = cpu.readTsc();
      cpu.writeTmict(0xffff_ffff);
      runFor(300_000_000);
      const count = cpu.readTmcct();
      const seconds = (cpu.readTsc() - begin) / 3e9;
      const hz = ((0xffff_ffff - count) * DIVIDERS[index]) / seconds;
      expect(Math.abs(hz * busNs - 1e9) / 1e9).toBeLessThan(0.05);
    });
  });

  test('case 25: the bus clock is fixed before a vCPU exists; a release without the setting keeps 1 GHz', () => {
    const { kvm } = bench('6.11', { kvm: { apic_bus_cycle_ns: 40 } });
    expect(kvm.timer.registers.busCycleNs).toBe(40);
    const host = { kernel: { version: '6.8' }, kvm: { apic_bus_cycle_ns: 40 } };
    const { scenario, warnings } = resolveScenario({ name: 'bus', host });
    expect(scenario.host.kvm.apic_bus_cycle_ns).toBe(1);
    expect(warnings.map(({ path }) => path)).toEqual(['host.kvm.apic_bus_cycle_ns']);
  });

  test.each(setUps)('case 26: masked it counts without an interrupt ($version, hv $hv)', (setUp) => {
    const machine = counting(LVTT.oneshot | LVTT.masked, setUp);
    machine.cpu.writeTmict(LONG);
    expect(readUntil(machine, (count) => count < LONG / 2)).toBeGreaterThan(0);
    readUntil(machine, (count) => count === 0);
    expect(machine.interrupts).toHaveLength(0);
  });

  test.each(setUps)(
    'case 31: a period has a minimum, a one-shot count has none ($version, hv $hv)',
    (setUp) => {
      const smallest = ['4.4', '4.8', '4.10', '4.13', '4.15'].includes(setUp.version) ? 500_000 : 200_000;
      const periodic = counting(LVTT.periodic, setUp);
      periodic.cpu.writeTmict(100_000);
      periodic.runFor(10 * smallest * CYCLES_PER_NS);
      const [first, second, third] = periodic.interrupts;
      expect((third - second) / CYCLES_PER_NS).toBeCloseTo(smallest, -3);
      expect((second - first) / CYCLES_PER_NS).toBeCloseTo(smallest, -3);

      const oneshot = counting(LVTT.oneshot, setUp);
      const begin = oneshot.cpu.readTsc();
      oneshot.cpu.writeTmict(100_000);
      oneshot.runFor(1_000_000);
      expect((oneshot.interrupts[0] - begin) / CYCLES_PER_NS).toBeLessThan(105_000);
    },
  );
});
