import { describe, expect, it } from 'vitest';
import { machineFacts } from './machine-facts.ts';

const CPU = '/sys/devices/system/cpu';

/** A host tuned for low latency, and what its files hold. */
const HOST = new Map([
  [
    '/proc/cpuinfo',
    `processor\t: 0
vendor_id\t: GenuineIntel
cpu family\t: 6
model\t\t: 63
model name\t: Intel(R) Xeon(R) CPU E5-2697 v3 @ 2.60GHz
stepping\t: 2
microcode\t: 0x49
flags\t\t: fpu tsc msr vmx constant_tsc arat nonstop_tsc tsc_deadline_timer tsc_adjust
`,
  ],
  [
    '/proc/cmdline',
    'root=/dev/sda1 isolcpus=2-7 nohz_full=2-7 idle=poll quiet intel_idle.max_cstate=1 isolcpus=3-7\n',
  ],
  ['/proc/sys/kernel/osrelease', '6.1.0-rt\n'],
  ['/proc/sys/kernel/version', '#1 SMP PREEMPT_RT Debian 6.1.90-1 (2024-05-03)\n'],
  ['/proc/sys/kernel/timer_migration', '0\n'],
  [`${CPU}/online`, '0-7\n'],
  [`${CPU}/isolated`, '3-7\n'],
  [`${CPU}/nohz_full`, '2-7\n'],
  [`${CPU}/smt/active`, '0\n'],
  [`${CPU}/intel_pstate/no_turbo`, '1\n'],
  [`${CPU}/cpu0/cpufreq/scaling_governor`, 'performance\n'],
  [`${CPU}/cpu1/cpufreq/scaling_governor`, 'performance\n'],
  [`${CPU}/cpu2/cpufreq/scaling_governor`, 'powersave\n'],
  [`${CPU}/cpuidle/current_driver`, 'intel_idle\n'],
  [`${CPU}/cpu0/cpuidle/state0/name`, 'POLL\n'],
  [`${CPU}/cpu0/cpuidle/state0/latency`, '0\n'],
  [`${CPU}/cpu0/cpuidle/state0/disable`, '0\n'],
  [`${CPU}/cpu0/cpuidle/state1/name`, 'C6\n'],
  [`${CPU}/cpu0/cpuidle/state1/latency`, '133\n'],
  [`${CPU}/cpu0/cpuidle/state1/disable`, '1\n'],
  ['/sys/devices/system/clocksource/clocksource0/current_clocksource', 'tsc\n'],
  ['/sys/devices/system/clocksource/clocksource0/available_clocksource', 'tsc hpet acpi_pm \n'],
  ['/sys/module/kvm/parameters/halt_poll_ns', '200000\n'],
  ['/sys/module/kvm_intel/parameters/preemption_timer', 'Y\n'],
]);

describe('machineFacts', () => {
  it('of a host', () => {
    expect(machineFacts(HOST)).toMatchObject({
      cpu: {
        model: 'Intel(R) Xeon(R) CPU E5-2697 v3 @ 2.60GHz',
        vendor: 'GenuineIntel',
        model_number: '63',
        microcode: '0x49',
        flags: ['tsc_deadline_timer', 'constant_tsc', 'nonstop_tsc', 'tsc_adjust', 'arat', 'vmx'],
      },
      cpus_online: '0-7',
      smt_active: false,
      hypervisor: { is_guest: false, system_vendor: null },
      kernel: {
        release: '6.1.0-rt',
        preemption: 'PREEMPT_RT',
        options: { isolcpus: '3-7', nohz_full: '2-7', idle: 'poll', 'intel_idle.max_cstate': '1' },
        timer_migration: false,
      },
      isolated_cpus: '3-7',
      nohz_full_cpus: '2-7',
      clock_source: 'tsc',
      clock_sources: ['tsc', 'hpet', 'acpi_pm'],
      frequency_governors: { performance: 2, powersave: 1 },
      turbo: false,
      idle: {
        driver: 'intel_idle',
        states: [
          { name: 'POLL', exit_latency_us: 0, disabled: false },
          { name: 'C6', exit_latency_us: 133, disabled: true },
        ],
      },
      kvm_modules: { kvm: { halt_poll_ns: '200000' }, kvm_intel: { preemption_timer: 'Y' } },
    });
  });

  it('of a guest', () => {
    const files = new Map([
      ['/proc/cpuinfo', 'flags\t\t: fpu tsc hypervisor lahf_lm\n'],
      ['/sys/class/dmi/id/sys_vendor', 'QEMU\n'],
      [`${CPU}/nohz_full`, '(null)\n'],
      ['/proc/sys/kernel/version', '#1 SMP Debian 6.1.90-1\n'],
    ]);
    expect(machineFacts(files)).toMatchObject({
      hypervisor: { is_guest: true, system_vendor: 'QEMU' },
      kernel: { preemption: 'none' },
      nohz_full_cpus: null,
    });
  });

  it('of a machine that tells nothing', () => {
    expect(machineFacts(new Map())).toMatchObject({
      cpu: { model: null, flags: [] },
      hypervisor: { is_guest: false },
      kernel: { release: null, preemption: null, options: {} },
      turbo: null,
      idle: { states: [] },
      kvm_modules: {},
    });
  });
});
