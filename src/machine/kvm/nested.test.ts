import { expect, test } from 'vitest';
import { bench } from '../../testing/bench.ts';
import { runRaw } from '../../testing/lab.ts';
import { Stage } from '../costs/stages.ts';

/** Of the profile: L0's part of a round trip, from the exit until the guest runs again. */
const TRANSITION_CYCLES = 13_360;

const nested = (workload: object) =>
  runRaw({
    name: 'nested',
    virtualization: 'nested',
    host: {
      cpu: 'xeon-gold-6248',
      kernel: { version: '6.1', nohz_full: true },
      kvm: { lapic_timer_advance_ns: 0 },
      cstates: 'off',
    },
    workload: { loops: 200, ...workload },
  }).results[0];

test.each(['poll', 'hlt'])('the wake-up of a nested guest goes through the outer hypervisor: %s', (wait) => {
  const { ledger, samples } = nested({ tool: 'tscdeadline_latency', wait });
  expect(ledger[Stage['hardware.nested']] / samples).toBeGreaterThanOrEqual(TRANSITION_CYCLES);
});

test('an exit and the entry after it pay for one transition', () => {
  const { ledger, samples } = nested({ tool: 'vmexit', test: 'vmcall' });
  expect(ledger[Stage['hardware.nested']] / samples).toBe(TRANSITION_CYCLES);
});

test.each([
  ['by the preemption timer', 'poll', true],
  ['by the hrtimer of L1', 'hlt', false],
])('an expiry %s: L0 has an hrtimer of its own behind the emulated counter alone', (_, wait, expected) => {
  const { ledger, samples } = nested({ tool: 'tscdeadline_latency', wait });
  expect(ledger[Stage['hardware.nested_timer']] / samples >= 710 * 0.2).toBe(expected);
});

test('a guest that is not nested has no outer hypervisor', () => {
  const { cpu, pcpu, stagesSince } = bench('6.1', { profile: 'xeon-gold-6248' });
  const begin = pcpu.now;
  cpu.cpuid();
  expect(stagesSince(begin).filter((stage) => stage.startsWith('hardware.nested'))).toEqual([]);
});
