import { expect, test } from 'vitest';
import { bench } from '../../testing/bench.ts';

/** Exit latency of C1 on Skylake-SP: 2 µs at 2.5 GHz. */
const C1_EXIT_CYCLES = 5000;
const PASS_THROUGH = ['hlt', 'mwait', 'pause'];

/** The guest halts until its timer fires; the stages from then on, and the cycles until its handler runs. */
function halt(how: 'halt' | 'mwait', deepest: string, disable_exits = PASS_THROUGH) {
  const { cpu, interrupts, stagesSince } = bench('6.1', {
    profile: 'xeon-gold-6248',
    host: { cstates: deepest, noise: { memory_pressure: 0 } },
    guest: { disable_exits },
  });
  const deadline = cpu.readTsc() + 1_000_000;
  cpu.writeTscDeadline(deadline);
  cpu[how]();
  return { stages: stagesSince(cpu.hostTscOf(deadline)), latency: interrupts[0] - deadline };
}

test.each(['halt', 'mwait'] as const)(
  'a guest that sleeps without an exit (%s) keeps its interrupt waiting while the core leaves C1',
  (how) => {
    const slept = halt(how, 'c1');
    const stayed = halt(how, 'off');
    expect(slept.stages.filter((stage) => stage === 'hardware.cstate_exit')).toHaveLength(1);
    expect(slept.stages.indexOf('hardware.cstate_exit')).toBeLessThan(
      slept.stages.indexOf('hardware.vm_exit'),
    );
    expect(stayed.stages).not.toContain('hardware.cstate_exit');
    expect(slept.latency - stayed.latency).toBe(C1_EXIT_CYCLES);
  },
);

test('the preemption timer counts in a guest that halts without an exit, and pays for C1, too', () => {
  const { stages } = halt('halt', 'c1', ['hlt']);
  expect(stages.slice(0, 3)).toEqual(['guest.idle', 'hardware.cstate_exit', 'hardware.vm_exit']);
});

test('HLT takes the shallowest state, however deep the host itself may sleep', () => {
  expect(halt('halt', 'c6').latency).toBe(halt('halt', 'c1').latency);
});
