import { describe, expect, test } from 'vitest';
import { essence, parseFtrace } from '../testing/ftrace.ts';
import { labMachine, traceOf } from '../testing/lab.ts';
import type { KernelVersion } from './kvm/versions.ts';

interface Guest {
  readonly hvTimer: boolean;
  readonly wait?: 'poll' | 'hlt';
  readonly action?: string;
  readonly kvm?: object;
}

/** Events of one loop of the bare guest on a host of that release, without flags of the x86-tsc line. */
function loop(
  version: KernelVersion,
  { hvTimer, wait = 'poll', action = 'deadline', kvm = {} }: Guest,
): string[] {
  const machine = labMachine(hvTimer, kvm) as { host: { kernel: object } };
  const kernel = { ...machine.host.kernel, version };
  const workload = { tool: 'lapic_timer', action, wait, delta_cycles: 200_000, loops: 40 };
  const raw = { ...machine, host: { ...machine.host, kernel }, workload };
  const lines = parseFtrace(traceOf(raw, 20, 1));
  return lines.map((line) =>
    essence(line)
      .replace(/ rip ….*| info.*/, '')
      .replace(/hrtimer=… ?/, ''),
  );
}

const names = (lines: readonly string[]) =>
  lines.map((line) =>
    line
      .replace(/^\S+ \S+ /, '')
      .replace(/ (expires|now|softexpires)=.*/, '')
      .trimEnd(),
  );

describe('4.8', () => {
  test('hv timer: kvm_exit after the handler, the state at each attempt, lateness without an advance', () => {
    expect(loop('4.8', { hvTimer: true })).toEqual([
      'vcpu .... kvm_exit: reason MSR_WRITE',
      'vcpu .... kvm_hv_timer_state: vcpu_id 0 hv_timer 1',
      'vcpu .... kvm_msr: msr_write 6e0 = …',
      'vcpu d... kvm_entry: vcpu 0',
      'vcpu .... kvm_exit: reason PREEMPTION_TIMER',
      'vcpu .... kvm_apic_accept_irq: apicid 0 vec 64 (Fixed|edge)',
      'vcpu .... kvm_inj_virq: irq 64',
      'vcpu d... kvm_entry: vcpu 0',
      'vcpu d... kvm_wait_lapic_expire: vcpu 0: delta …',
      'vcpu .... kvm_exit: reason MSR_WRITE',
      'vcpu .... kvm_apic: apic_write APIC_EOI = 0x0',
      'vcpu .... kvm_eoi: apicid 0 vector 64',
      'vcpu .... kvm_msr: msr_write 80b = 0x0',
      'vcpu d... kvm_entry: vcpu 0',
    ]);
  });

  test('hrtimer: the host interrupt comes before the kvm_exit that it caused; no state is told', () => {
    expect(names(loop('4.8', { hvTimer: false })).slice(0, 9)).toEqual([
      'kvm_exit: reason MSR_WRITE',
      'hrtimer_start: function=apic_timer_fn [kvm]',
      'kvm_msr: msr_write 6e0 = …',
      'kvm_entry: vcpu 0',
      'local_timer_entry: vector=239',
      'hrtimer_expire_entry: function=apic_timer_fn [kvm]',
      'hrtimer_expire_exit:',
      'local_timer_exit: vector=239',
      'kvm_exit: reason EXTERNAL_INTERRUPT',
    ]);
  });

  test('halting: the state is told once more when the timer is armed again after the block, not when it is left', () => {
    const lines = names(loop('4.8', { hvTimer: true, wait: 'hlt' }));
    expect(lines.filter((line) => line.startsWith('kvm_hv_timer_state'))).toEqual([
      'kvm_hv_timer_state: vcpu_id 0 hv_timer 1',
      'kvm_hv_timer_state: vcpu_id 0 hv_timer 0',
    ]);
    expect(lines.indexOf('kvm_hv_timer_state: vcpu_id 0 hv_timer 0')).toBeGreaterThan(
      lines.findIndex((line) => line.startsWith('kvm_vcpu_wakeup')),
    );
  });
});

describe('5.4', () => {
  test('lateness is told after the exit that follows, before kvm_exit of vmx_handle_exit', () => {
    const lines = names(loop('5.4', { hvTimer: true, kvm: { lapic_timer_advance_ns: 1000 } }));
    expect(lines.slice(4, 11)).toEqual([
      'kvm_exit: vcpu 0 reason PREEMPTION_TIMER',
      'kvm_apic_accept_irq: apicid 0 vec 64 (Fixed|edge)',
      'kvm_inj_virq: irq 64',
      'kvm_entry: vcpu 0',
      'kvm_wait_lapic_expire: vcpu 0: delta …',
      'kvm_exit: vcpu 0 reason MSR_WRITE',
      'kvm_apic: apic_write APIC_EOI = 0x0',
    ]);
  });

  test('a deadline in the past: the final state is told, and the interrupt waits for a window', () => {
    const lines = names(loop('5.4', { hvTimer: true, action: 'past' }));
    expect(lines.slice(0, 7)).toEqual([
      'kvm_exit: vcpu 0 reason MSR_WRITE',
      'kvm_hv_timer_state: vcpu_id 0 hv_timer 0',
      'kvm_msr: msr_write 6e0 = …',
      'kvm_apic_accept_irq: apicid 0 vec 64 (Fixed|edge)',
      'kvm_entry: vcpu 0',
      'kvm_exit: vcpu 0 reason PENDING_INTERRUPT',
      'kvm_inj_virq: irq 64',
    ]);
  });
});

test('4.13 to 5.0 tell nothing of a deadline in the past, 4.8 arms it', () => {
  const state = (version: KernelVersion) =>
    names(loop(version, { hvTimer: true, action: 'past' })).filter((line) => line.includes('hv_timer_state'));
  expect(state('4.13')).toEqual([]);
  expect(state('4.18')).toEqual([]);
  expect(state('4.8')).toEqual(['kvm_hv_timer_state: vcpu_id 0 hv_timer 1']);
});

test('5.8: kvm_exit before the host interrupt; a fastpath inside vmx_vcpu_run prints no kvm_entry', () => {
  const lines = names(loop('5.8', { hvTimer: false }));
  const exit = lines.indexOf('kvm_exit: vcpu 0 reason EXTERNAL_INTERRUPT');
  expect(lines[exit + 1]).toBe('local_timer_entry: vector=236');
  expect(names(loop('5.8', { hvTimer: true })).slice(0, 4)).toEqual([
    'kvm_exit: vcpu 0 reason MSR_WRITE',
    'kvm_hv_timer_state: vcpu_id 0 hv_timer 1',
    'kvm_msr: msr_write 6e0 = …',
    'kvm_exit: vcpu 0 reason PREEMPTION_TIMER',
  ]);
});
