import { describe, expect, test } from 'vitest';
import { UserError } from '../user-error.ts';
import { valueAt } from './merge.ts';
import { type ResolvedMachine, resolveScenario } from './resolve.ts';

/** A raw scenario with these values at these paths. */
function scenarioWith(values: Readonly<Record<string, unknown>>): object {
  const raw: Record<string, unknown> = { name: 'test' };
  for (const [path, value] of Object.entries(values)) {
    const keys = path.split('.');
    const last = keys.pop()!;
    let container = raw;
    for (const key of keys) {
      container[key] ??= {};
      container = container[key] as Record<string, unknown>;
    }
    container[last] = value;
  }
  return raw;
}

const resolveWith = (values: Readonly<Record<string, unknown>>): ResolvedMachine =>
  resolveScenario(scenarioWith(values));
const HV = { 'host.kvm.enable_hv_timer': true };
const SKX = { 'host.cpu': 'xeon-gold-6248', 'host.kernel.version': '6.1' };

/** What is asked for, in which machine, what it becomes and why. */
const CASES: readonly [machine: object, path: string, wanted: unknown, resolved: unknown, reason: RegExp][] =
  [
    [
      { 'host.cpu': 'epyc-7742' },
      'host.kvm.enable_hv_timer',
      true,
      false,
      /AMD SVM has no preemption timer; the host hrtimer is used/,
    ],
    [{ 'host.kernel.version': '4.4' }, 'host.kvm.enable_hv_timer', true, false, /Linux 4\.4 does not use/],
    [{ 'host.cpu': 'xeon-x5570' }, 'host.kvm.enable_hv_timer', true, false, /broken: .*Xeon 5500 D0/],
    [{ 'host.kernel.bits': 32 }, 'host.kvm.enable_hv_timer', true, false, /32-bit/],
    [{ ...SKX, 'guest.disable_exits': ['mwait'] }, 'host.kvm.enable_hv_timer', true, false, /MWAIT/],
    [
      { virtualization: 'nested', 'host.nested.preemption_timer': false },
      'host.kvm.enable_hv_timer',
      true,
      false,
      /outer hypervisor/,
    ],
    [{ virtualization: 'bare-metal' }, 'host.kvm.enable_hv_timer', true, false, /there is no KVM/],
    [
      {
        ...SKX,
        'host.kvm.enable_apicv': true,
        'host.kvm.pi_inject_timer': 1,
        'guest.disable_exits': ['hlt'],
      },
      'host.kvm.enable_hv_timer',
      true,
      false,
      /posted from a housekeeping CPU/,
    ],
    [{ 'host.kernel.version': '5.0' }, 'host.kvm.patch_revision', 'v3', null, /written for 4\.8/],
    [{}, 'host.kernel.mitigations', ['ibrs'], [], /ibrs came with Linux 4\.15/],
    [
      { 'host.kernel.version': '4.18' },
      'host.kernel.mitigations',
      ['ibrs', 'l1d_flush', 'bhi'],
      ['ibrs', 'l1d_flush'],
      /^bhi came with Linux 6\.9$/,
    ],
    [
      { 'host.cpu': 'epyc-7742', 'host.kernel.version': '6.12' },
      'host.kernel.mitigations',
      ['ibrs', 'mds_clear'],
      ['ibrs'],
      /AMD CPUs do not need mds_clear/,
    ],
    [{ 'host.cpu': 'xeon-x5570' }, 'host.kvm.enable_apicv', true, false, /no interrupt virtualization/],
    [
      { 'host.cpu': 'epyc-7742', 'host.kernel.version': '4.4' },
      'host.kvm.enable_apicv',
      true,
      false,
      /AVIC came with Linux 4\.7/,
    ],
    [{}, 'host.kvm.lapic_timer_advance_ns', -1, 0, /came with Linux 5\.2/],
    [
      { 'host.kernel.version': '5.0' },
      'host.kvm.lapic_timer_advance_ns',
      -1,
      1000,
      /on 5\.0 the parameter is unsigned/,
    ],
    [
      { 'host.kernel.version': '6.10' },
      'host.kvm.lapic_timer_advance_ns',
      500,
      -1,
      /only on \(adaptive\) or off/,
    ],
    [{}, 'host.kvm.halt_poll_ns_grow_start', 50_000, 10_000, /came with Linux 5\.2/],
    [{ 'host.kernel.version': '6.10' }, 'host.kvm.apic_bus_cycle_ns', 40, 1, /came with Linux 6\.11/],
    [
      { 'host.kernel.version': '4.16' },
      'guest.disable_exits',
      ['hlt', 'mwait', 'pause'],
      ['mwait'],
      /came with Linux 4\.17/,
    ],
    [{}, 'guest.idle', 'mwait', 'hlt', /the guest sees no MWAIT/],
    [
      { virtualization: 'bare-metal' },
      'guest.kernel.clocksource',
      'kvm-clock',
      'tsc',
      /no kvm-clock without KVM/,
    ],
    [{}, 'guest.tsc_khz', 2_000_000, 2_294_684, /no TSC scaling/],
    [{ 'host.kernel.version': '5.2' }, 'host.kvm.pi_inject_timer', 1, 0, /came with Linux 5\.3/],
    [{ 'host.kernel.version': '5.4' }, 'host.kvm.pi_inject_timer', 1, 0, /needs enable_apicv/],
    [
      { 'host.kernel.version': '6.1', 'host.kvm.enable_apicv': true },
      'host.kvm.pi_inject_timer',
      1,
      0,
      /since Linux 5\.18/,
    ],
  ];

describe('a knob that the machine does not have', () => {
  test.each(CASES)('%j: %s %j becomes %j', (machine, path, wanted, resolved, reason) => {
    const raw = scenarioWith({ ...machine, [path]: wanted });
    const { scenario, warnings } = resolveScenario(raw);
    expect(valueAt(scenario, path.split('.'))).toEqual(resolved);
    expect(warnings.map((warning) => warning.path)).toEqual([path]);
    expect(warnings[0].reason).toMatch(reason);
    expect(() => resolveScenario(raw, { strict: true })).toThrow(UserError);
  });

  test('is no surprise to one who did not ask for it', () => {
    const amd = resolveWith({ 'host.cpu': 'epyc-7742' });
    expect(amd.warnings).toEqual([]);
    expect(amd.scenario.host.kvm.enable_hv_timer).toBe(false);
    expect(amd.adjustments.map(({ path }) => path)).toContain('host.kvm.enable_hv_timer');
  });

  test('does not change what the next scenario gets by default', () => {
    resolveWith({
      'host.cpu': 'epyc-7742',
      'host.kernel.mitigations': ['mds_clear'],
      'guest.disable_exits': ['hlt'],
    });
    const { scenario } = resolveWith({});
    expect(scenario.host.kernel.mitigations).toEqual([]);
    expect(scenario.guest.disable_exits).toEqual([]);
    expect(scenario.host.kvm.enable_hv_timer).toBe(true);
  });
});

describe('a knob that the machine has', () => {
  test.each([
    HV,
    { ...HV, 'host.kvm.patch_revision': 'v1' },
    { ...HV, ...SKX, 'guest.disable_exits': ['hlt'] },
    { ...HV, virtualization: 'nested' },
    { ...SKX, 'guest.disable_exits': ['mwait'], 'guest.idle': 'mwait' },
    { ...SKX, 'host.kvm.enable_apicv': true, 'host.kvm.pi_inject_timer': 1, 'guest.disable_exits': ['hlt'] },
    { ...SKX, 'guest.tsc_khz': 2_000_000 },
    {
      'host.kernel.version': '6.11',
      'host.kvm.apic_bus_cycle_ns': 40,
      'host.kvm.lapic_timer_advance_ns': -1,
    },
    { virtualization: 'bare-metal', 'guest.kernel.clocksource': 'tsc', 'guest.idle': 'mwait' },
  ])('%j stays as it is', (values) => {
    const { scenario, warnings } = resolveWith(values);
    expect(warnings).toEqual([]);
    for (const [path, value] of Object.entries(values))
      expect(valueAt(scenario, path.split('.'))).toEqual(value);
  });

  test('pi_inject_timer -1 follows housekeeping, without a warning', () => {
    const posted = {
      ...SKX,
      'host.kvm.enable_apicv': true,
      'host.kvm.pi_inject_timer': -1,
      'guest.disable_exits': ['hlt'],
    };
    expect(resolveWith(posted).scenario.host.kvm.pi_inject_timer).toBe(0);
    const isolated = resolveWith({ ...posted, 'host.kernel.nohz_full': true });
    expect(isolated.scenario.host.kvm).toMatchObject({ pi_inject_timer: 1, enable_hv_timer: false });
    expect(isolated.warnings).toEqual([]);
  });
});

test('null takes the default of the release', () => {
  const kvm = (version: string) => resolveWith({ 'host.kernel.version': version }).scenario.host.kvm;
  expect(kvm('4.8')).toMatchObject({
    lapic_timer_advance_ns: 0,
    halt_poll_ns: 400_000,
    min_timer_period_us: 500,
  });
  expect(kvm('4.20')).toMatchObject({
    lapic_timer_advance_ns: 1000,
    halt_poll_ns: 200_000,
    halt_poll_ns_shrink: 0,
  });
  expect(kvm('6.12')).toMatchObject({
    lapic_timer_advance_ns: -1,
    halt_poll_ns_shrink: 2,
    min_timer_period_us: 200,
  });
});
