import { describe, expect, test } from 'vitest';
import { kernelFeatures } from '../../machine/kvm/features.ts';
import type { KernelVersion } from '../../machine/kvm/versions.ts';
import type { TraceFields, TracePoint } from '../../machine/trace.ts';
import type { TraceEvent, TraceFlags } from '../../machine/trace-collector.ts';
import { ftraceLine, writeFtrace } from './write.ts';

const NO_FLAGS: TraceFlags = {
  irqsOff: false,
  needResched: false,
  hardirq: false,
  softirq: false,
  preemptDepth: 0,
};
const IN_SWITCH = { irqsOff: true, preemptDepth: 1 };
const EXIT = {
  vcpu: 0,
  reason: 'EXTERNAL_INTERRUPT',
  rip: '0xffffffff81a59334',
  info1: 0,
  info2: 0,
  intr_info: 0x800000ec,
  error_code: 0,
};
const HRTIMER = { hrtimer: 0, function: 'apic_timer_fn [kvm]' };
const START = { ...HRTIMER, expires: 2_000_000, softexpires: 2_000_000, mode: 'ABS|HARD', was_armed: 0 };

/** Each tracepoint once, a microsecond apart at 3 GHz. */
const EVENTS: readonly [TracePoint, TraceFields, Partial<TraceFlags>?][] = [
  ['kvm_exit', EXIT, IN_SWITCH],
  ['local_timer_entry', { vector: 236 }, { ...IN_SWITCH, hardirq: true }],
  ['hrtimer_expire_entry', { ...HRTIMER, now: 1_000_000 }, { ...IN_SWITCH, hardirq: true }],
  ['hrtimer_expire_exit', HRTIMER, { ...IN_SWITCH, hardirq: true, needResched: true }],
  ['hrtimer_start', START, { irqsOff: true, preemptDepth: 2 }],
  ['hrtimer_cancel', HRTIMER, IN_SWITCH],
  ['kvm_hv_timer_state', { vcpu_id: 10, hv_timer: 1 }, { preemptDepth: 1 }],
  ['kvm_msr', { rw: 'write', msr: 0x6e0, value: 0x4a7cc6 }],
  ['kvm_msr', { rw: 'read', msr: 0x839, value: 17 }],
  ['kvm_apic', { rw: 'write', reg: 'APIC_EOI', val: 0 }],
  ['kvm_apic_accept_irq', { apicid: 0, vec: 236 }],
  ['kvm_inj_virq', { irq: 236 }],
  ['kvm_eoi', { apicid: 0, vector: 236 }],
  ['kvm_pv_eoi', { apicid: 0, vector: 236 }],
  ['kvm_entry', { vcpu: 0, rip: '0x126f', intr_info: 0x800000ec, error_code: 0 }, IN_SWITCH],
  ['kvm_wait_lapic_expire', { vcpu: 0, delta: -600 }, IN_SWITCH],
  ['kvm_wait_lapic_expire', { vcpu: 0, delta: 20 }, IN_SWITCH],
  ['kvm_halt_poll_ns', { vcpu: 0, new: 20_000, direction: 'grow', old: 10_000 }],
  ['kvm_vcpu_wakeup', { kind: 'wait', ns: 66_695, valid: 'valid' }],
  ['sched_wakeup', { comm: 'CPU 0/KVM', pid: 2001, prio: 120, target_cpu: 3 }, { irqsOff: true }],
];

const event = (
  point: TracePoint,
  fields: TraceFields,
  flags: Partial<TraceFlags> = {},
  index = 0,
): TraceEvent => ({
  tsc: 9_000_000_000 + 3000 * index,
  lane: 0,
  point,
  fields,
  cpu: 0,
  comm: 'CPU 0/KVM',
  pid: 2001,
  flags: { ...NO_FLAGS, ...flags },
});

function printed(version: KernelVersion, clock: 'us' | 'tsc' = 'us'): string[] {
  const events = EVENTS.map(([point, fields, flags], index) => event(point, fields, flags, index));
  const options = { features: kernelFeatures(version), clock, tscKhz: 3_000_000, cpus: 2 };
  return [...writeFtrace(events, options)].join('').split('\n').slice(0, -1);
}

describe('ftrace text', () => {
  test('4.8', () => {
    expect(printed('4.8')).toEqual([
      '# tracer: nop',
      '#',
      '# entries-in-buffer/entries-written: 20/20   #P:2',
      '#',
      '#                              _-----=> irqs-off',
      '#                             / _----=> need-resched',
      '#                            | / _---=> hardirq/softirq',
      '#                            || / _--=> preempt-depth',
      '#                            ||| /     delay',
      '#           TASK-PID   CPU#  ||||    TIMESTAMP  FUNCTION',
      '#              | |       |   ||||       |         |',
      '       CPU 0/KVM-2001  [000] d..1     3.000000: kvm_exit: reason EXTERNAL_INTERRUPT rip 0xffffffff81a59334 info 0 800000ec',
      '       CPU 0/KVM-2001  [000] d.h1     3.000001: local_timer_entry: vector=236',
      '       CPU 0/KVM-2001  [000] d.h1     3.000002: hrtimer_expire_entry: hrtimer=ffff88007a5c01c0 function=apic_timer_fn [kvm] now=1000000',
      '       CPU 0/KVM-2001  [000] dNh1     3.000003: hrtimer_expire_exit: hrtimer=ffff88007a5c01c0',
      '       CPU 0/KVM-2001  [000] d..2     3.000004: hrtimer_start: hrtimer=ffff88007a5c01c0 function=apic_timer_fn [kvm] expires=2000000 softexpires=2000000',
      '       CPU 0/KVM-2001  [000] d..1     3.000005: hrtimer_cancel: hrtimer=ffff88007a5c01c0',
      '       CPU 0/KVM-2001  [000] ...1     3.000006: kvm_hv_timer_state: vcpu_id a hv_timer 1',
      '',
      '       CPU 0/KVM-2001  [000] ....     3.000007: kvm_msr: msr_write 6e0 = 0x4a7cc6',
      '       CPU 0/KVM-2001  [000] ....     3.000008: kvm_msr: msr_read 839 = 0x11',
      '       CPU 0/KVM-2001  [000] ....     3.000009: kvm_apic: apic_write APIC_EOI = 0x0',
      '       CPU 0/KVM-2001  [000] ....     3.000010: kvm_apic_accept_irq: apicid 0 vec 236 (Fixed|edge)',
      '       CPU 0/KVM-2001  [000] ....     3.000011: kvm_inj_virq: irq 236',
      '       CPU 0/KVM-2001  [000] ....     3.000012: kvm_eoi: apicid 0 vector 236',
      '       CPU 0/KVM-2001  [000] ....     3.000013: kvm_pv_eoi: apicid 0 vector 236',
      '       CPU 0/KVM-2001  [000] d..1     3.000014: kvm_entry: vcpu 0',
      '       CPU 0/KVM-2001  [000] d..1     3.000015: kvm_wait_lapic_expire: vcpu 0: delta -600 (early)',
      '       CPU 0/KVM-2001  [000] d..1     3.000016: kvm_wait_lapic_expire: vcpu 0: delta 20 (late)',
      '       CPU 0/KVM-2001  [000] ....     3.000017: kvm_halt_poll_ns: vcpu 0: halt_poll_ns 20000 (grow 10000)',
      '       CPU 0/KVM-2001  [000] ....     3.000018: kvm_vcpu_wakeup: wait time 66695 ns, polling valid',
      '       CPU 0/KVM-2001  [000] d...     3.000019: sched_wakeup: comm=CPU 0/KVM pid=2001 prio=120 target_cpu=003',
    ]);
  });

  test('5.4: vcpu in kvm_exit, mode of hrtimer_start, hashed pointers, no blank line', () => {
    const lines = printed('5.4').slice(11);
    expect(lines).toHaveLength(EVENTS.length);
    expect(lines[0]).toBe(
      '       CPU 0/KVM-2001  [000] d..1     3.000000: kvm_exit: vcpu 0 reason EXTERNAL_INTERRUPT rip 0xffffffff81a59334 info 0 800000ec',
    );
    expect(lines[4]).toBe(
      '       CPU 0/KVM-2001  [000] d..2     3.000004: hrtimer_start: hrtimer=000000007a5c01c0 function=apic_timer_fn [kvm] expires=2000000 softexpires=2000000 mode=ABS|HARD',
    );
    expect(lines[11]).toMatch(/: kvm_inj_virq: irq 236$/);
    expect(lines[14]).toMatch(/: kvm_entry: vcpu 0$/);
  });

  test('6.1: wide pids, five flags, rip, intr_info, hexadecimal vector; raw TSC', () => {
    const lines = printed('6.1', 'tsc').slice(12);
    expect(lines[0]).toBe(
      '       CPU 0/KVM-2001    [000] d..1.   9000000000: kvm_exit: vcpu 0 reason EXTERNAL_INTERRUPT rip 0xffffffff81a59334 info1 0x0000000000000000 info2 0x0000000000000000 intr_info 0x800000ec error_code 0x00000000',
    );
    expect(lines[4]).toMatch(/mode=ABS\|HARD was_armed=0$/);
    expect(lines[11]).toBe('       CPU 0/KVM-2001    [000] .....   9000033000: kvm_inj_virq: IRQ 0xec');
    expect(lines[14]).toBe(
      '       CPU 0/KVM-2001    [000] d..1.   9000042000: kvm_entry: vcpu 0, rip 0x126f',
    );
  });

  test('6.18: what is injected, and the requests', () => {
    const lines = printed('6.18').slice(12);
    expect(lines[0]).toMatch(/error_code 0x00000000 requests 0x0000000000000000$/);
    expect(lines[14]).toMatch(/kvm_entry: vcpu 0, rip 0x126f intr_info 0x800000ec error_code 0x00000000$/);
  });

  test('4.4: kvm_vcpu_wakeup does not tell the polling', () => {
    expect(printed('4.4').at(-2)).toMatch(/kvm_vcpu_wakeup: wait time 66695 ns$/);
  });

  test('lines look as published ones do', () => {
    const options = { clock: 'us', tscKhz: 1_000_000, cpus: 16 } as const;
    const state = event('kvm_hv_timer_state', { vcpu_id: 0, hv_timer: 1 }, { preemptDepth: 1 });
    const published = { ...state, tsc: 15_774_839_240_000, comm: 'qemu-system-x86', pid: 15695, cpu: 2 };
    expect(ftraceLine(published, { ...options, features: kernelFeatures('5.3') })).toBe(
      ' qemu-system-x86-15695 [002] ...1 15774.839240: kvm_hv_timer_state: vcpu_id 0 hv_timer 1',
    );
    const msr = event('kvm_msr', { rw: 'write', msr: 0x6e0, value: 0x81cba98c958c9 }, { irqsOff: true });
    const wide = { ...msr, tsc: 798_115_331_413_000, comm: 'CPU 5/KVM', pid: 2137779, cpu: 10 };
    expect(ftraceLine(wide, { ...options, features: kernelFeatures('5.15') })).toBe(
      '       CPU 5/KVM-2137779 [010] d.... 798115.331413: kvm_msr: msr_write 6e0 = 0x81cba98c958c9',
    );
  });
});
