import { describe, expect, test } from 'vitest';
import { machineConfig } from '../../scenario/machine-config.ts';
import { resolveScenario } from '../../scenario/resolve.ts';
import { bench } from '../../testing/bench.ts';
import { runRaw } from '../../testing/lab.ts';
import { Stage } from '../costs/stages.ts';
import { GuestKernel } from '../guest/guest-kernel.ts';
import { GuestTimers } from '../guest/guest-timers.ts';
import { buildLane } from '../lane.ts';
import { ClockEventDevice } from '../linux/clock-event-device.ts';

const MS = 3_000_000;

describe('the Linux guest', () => {
  test('case 51: an interrupt 100 ns early runs no callback and programs the timer again', () => {
    const { scenario, profile } = resolveScenario({
      name: 'early',
      virtualization: 'bare-metal',
      host: { cpu: 'lab-6.1' },
      guest: { kernel: { version: '6.1', hz: 100, clocksource: 'tsc' } },
    });
    const config = machineConfig(scenario, profile);
    const { cpu } = buildLane(config, 0, null);
    const kernel = new GuestKernel(cpu, config.guest, config.seed, 1, 0, 1);
    kernel.boot();
    const writes: { at: number; deadline: number }[] = [];
    const write = cpu.writeTscDeadline.bind(cpu);
    // From the interrupt to the clock that hrtimer_interrupt reads, and 100 ns more.
    const { costs } = cpu.pcpu;
    let shift =
      costs.warmCycles(Stage['guest.irq_entry']) + costs.warmCycles(Stage['guest.hrtimer_interrupt']) + 300;
    cpu.writeTscDeadline = (deadline) => {
      writes.push({ at: cpu.readTsc(), deadline });
      write(deadline - shift);
      shift = 0;
    };
    const interrupts: number[] = [];
    cpu.software = {
      interrupt() {
        interrupts.push(kernel.read());
        kernel.interrupt();
      },
    };
    const thread = { priority: 99, runnable: false, run() {} };
    const slot = kernel.addThread(thread);
    const expires = kernel.read() + 100_000;
    kernel.sleepUntil(slot, expires, 0);
    expect(writes).toHaveLength(1);
    while (writes.length < 2) cpu.spin(Stage['guest.idle']);
    expect(thread.runnable).toBe(false);
    expect(interrupts).toHaveLength(1);
    expect(interrupts[0]).toBeLessThan(expires);
    expect(writes[1].deadline - writes[1].at).toBeGreaterThanOrEqual(2990);
    while (!thread.runnable) cpu.spin(Stage['guest.idle']);
    expect(interrupts).toHaveLength(2);
    expect(interrupts[1]).toBeGreaterThanOrEqual(expires);
  });

  test.each([
    { khz: 2_100_000, cycles: 2_099_992 },
    { khz: 3_000_000, cycles: 3_000_000 },
  ])('case 52: 1 ms at $khz kHz is $cycles cycles', ({ khz, cycles }) => {
    expect(new ClockEventDevice(khz).deadlineDelta(1_000_000)).toBe(cycles);
  });

  describe('case 53: timer slack of SCHED_OTHER', () => {
    test('the hardware is programmed for the slack, another event may come before', () => {
      const timers = new GuestTimers(2);
      timers.start(1, 1000, 50_000);
      expect(timers.next()).toBe(51_000);
      expect(timers.expired(999)).toBe(-1);
      expect(timers.expired(1000)).toBe(1);
    });

    const meanUs = (priority: number, guest = {}) => {
      const { results } = runRaw({
        name: 'slack',
        host: { cpu: 'lab-6.1', kernel: { version: '6.1' }, kvm: { hv_count_limit: false } },
        guest: { kernel: { version: '6.1', ...guest } },
        workload: { tool: 'cyclictest', priority, loops: 500 },
      });
      return results[0].sumNs / results[0].samples / 1000;
    };

    test('SCHED_OTHER wakes 50 µs after the point, SCHED_FIFO at it', () => {
      expect(meanUs(0) - meanUs(99)).toBeGreaterThan(49);
      expect(meanUs(0) - meanUs(99)).toBeLessThan(51);
    });
  });

  test.each([
    { version: '4.8', late: true },
    { version: '4.18', late: true },
    { version: '5.7', late: true },
    { version: '5.8', late: false },
    { version: '6.1', late: false },
    { version: '6.18', late: false },
  ])('case 54: kvm_exit of an external interrupt, late $late on $version', ({ version, late }) => {
    const { cpu, events, interrupts, runFor } = bench(version, { kvm: { enable_hv_timer: false } });
    cpu.enableInterrupts();
    cpu.writeTscDeadline(cpu.readTsc() + MS);
    const armed = events.length;
    runFor(2 * MS);
    expect(interrupts).toHaveLength(1);
    const points = events.slice(armed).map(({ point }) => point);
    const [exit, timer] = [points.indexOf('kvm_exit'), points.indexOf('local_timer_entry')];
    expect(exit).toBeGreaterThan(-1);
    expect(timer).toBeGreaterThan(-1);
    expect(timer < exit).toBe(late);
  });
});
