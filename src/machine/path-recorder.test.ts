import { describe, expect, test } from 'vitest';
import { runRaw } from '../testing/lab.ts';
import { STAGE_NAMES, Stage } from './costs/stages.ts';
import type { RecordedSample } from './latency-recorder.ts';

const MACHINE = {
  name: 'lateness',
  host: { cpu: 'xeon-gold-6248', kernel: { version: '6.1' }, kvm: { lapic_timer_advance_ns: 0 } },
};
const LATENESS = Stage['hardware.timer_lateness'];

const run = (scenario: object) => runRaw({ ...MACHINE, ...scenario }).results;
const stagesOf = ({ path }: RecordedSample) => path.map(([stage]) => STAGE_NAMES[stage]);

describe('waiting past the deadline is the lateness of the timer', () => {
  const workload = { tool: 'cyclictest', loops: 500 };

  test.each([true, false])('of a busy guest as of one that polls (hv timer: %s)', (enable_hv_timer) => {
    const host = { ...MACHINE.host, kvm: { lapic_timer_advance_ns: 0, enable_hv_timer } };
    const [polls] = run({ host, workload });
    const [busy] = run({ host, workload, guest: { load: 'busy' } });
    expect(busy.ledger[Stage['guest.busy']]).toBe(0);
    expect(busy.ledger[LATENESS] / polls.ledger[LATENESS]).toBeCloseTo(1, 1);
  });

  test.each(['poll', 'busy'])('and all of it lies before the wake-up: %s', (load) => {
    const threads = run({
      host: { ...MACHINE.host, kernel: { version: '6.1', hz: 1000 } },
      guest: {
        load: load === 'busy' ? 'busy' : 'none',
        ntp_ppm: -400,
        kernel: { hz: 1000 },
        noise: {
          softirq: { per_second: 500, duration_us: [10, 50] },
          irqs_off: { per_second: 500, duration_us: [10, 50] },
        },
      },
      workload: { ...workload, threads: 3, distance_us: 0, priority: 0 },
    });
    const paths = threads.flatMap(({ worst }) => worst.map(stagesOf));
    expect(paths.some((path) => path.includes('hardware.timer_lateness'))).toBe(true);
    for (const path of paths) {
      expect(path.lastIndexOf('hardware.timer_lateness')).toBeLessThan(path.indexOf('guest.wakeup'));
    }
  });

  test('but no part of what a program spins before a deadline', () => {
    const [{ ledger, samples }] = run({ workload: { tool: 'vmexit', test: 'tscdeadline', loops: 200 } });
    expect(ledger[LATENESS]).toBe(0);
    expect(ledger[Stage['guest.bare_spin']] / samples).toBeGreaterThan(500);
  });
});
