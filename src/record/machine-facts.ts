import type { Json } from '../measurement/result-document.ts';
import type { MachineFiles } from './machine-files.ts';

type Facts = { readonly [key: string]: Json };

const CPU = '/sys/devices/system/cpu';

/** Options of the kernel's command line that change timer latency, besides the whole line. */
const LATENCY_OPTIONS = [
  ...['isolcpus', 'nohz_full', 'nohz', 'rcu_nocbs', 'idle', 'tsc', 'clocksource', 'mitigations', 'preempt'],
  ...['intel_idle.max_cstate', 'processor.max_cstate', 'irqaffinity', 'skew_tick', 'nosmt', 'highres'],
];

/**
 * What of a machine matters to its timer latency. Facts that the machine does not tell are null or left out.
 */
export function machineFacts(files: MachineFiles): Facts {
  const text = (path: string): string | null => files.get(path)?.trim() || null;
  const commandLine = text('/proc/cmdline') ?? '';
  return {
    hostname: text('/proc/sys/kernel/hostname'),
    cpu: cpuFacts(files.get('/proc/cpuinfo') ?? ''),
    cpus_online: text(`${CPU}/online`),
    smt_active: flag(text(`${CPU}/smt/active`)),
    hypervisor: hypervisorFacts(files),
    kernel: {
      release: text('/proc/sys/kernel/osrelease'),
      version: text('/proc/sys/kernel/version'),
      preemption: preemptionOf(text('/proc/sys/kernel/version'), text('/sys/kernel/realtime')),
      command_line: commandLine,
      options: commandLineOptions(commandLine),
      timer_migration: flag(text('/proc/sys/kernel/timer_migration')),
      sched_rt_runtime_us: text('/proc/sys/kernel/sched_rt_runtime_us'),
    },
    isolated_cpus: text(`${CPU}/isolated`),
    nohz_full_cpus: nohzFull(text(`${CPU}/nohz_full`)),
    clock_source: text('/sys/devices/system/clocksource/clocksource0/current_clocksource'),
    clock_sources: words(text('/sys/devices/system/clocksource/clocksource0/available_clocksource')),
    clock_event_device: text('/sys/devices/system/clockevents/clockevent0/current_device'),
    frequency_governors: governors(files),
    turbo: negated(flag(text(`${CPU}/intel_pstate/no_turbo`))),
    idle: idleFacts(files),
    kvm_modules: moduleParameters(files),
  };
}

/** The first CPU of /proc/cpuinfo, and those flags that timers depend on. */
function cpuFacts(cpuinfo: string): Facts {
  const field = (name: string) =>
    new RegExp(`^${name}[ \\t]*:[ \\t]*(.*)$`, 'm').exec(cpuinfo)?.[1].trim() ?? null;
  const flags = (field('flags') ?? '').split(' ');
  const timerFlags = [
    'tsc_deadline_timer',
    'constant_tsc',
    'nonstop_tsc',
    'tsc_adjust',
    'arat',
    'vmx',
    'svm',
  ];
  return {
    model: field('model name'),
    vendor: field('vendor_id'),
    family: field('cpu family'),
    model_number: field('model'),
    stepping: field('stepping'),
    microcode: field('microcode'),
    flags: timerFlags.filter((name) => flags.includes(name)),
  };
}

/** The CPU itself says whether there is one; who made it is told by the firmware's tables. */
function hypervisorFacts(files: MachineFiles): Facts {
  const text = (path: string): string | null => files.get(path)?.trim() || null;
  return {
    is_guest: / hypervisor( |$)/m.test(files.get('/proc/cpuinfo') ?? ''),
    type: text('/sys/hypervisor/type'),
    system_vendor: text('/sys/class/dmi/id/sys_vendor'),
    product: text('/sys/class/dmi/id/product_name'),
  };
}

/** "#1 SMP PREEMPT_DYNAMIC …" as the kernel was built. */
function preemptionOf(version: string | null, realtime: string | null): string | null {
  if (realtime === '1') return 'PREEMPT_RT';
  return version === null ? null : (/\bPREEMPT(?:_RT|_DYNAMIC)?\b/.exec(version)?.[0] ?? 'none');
}

/** Options that stand twice count as the kernel takes them: mostly the last. */
function commandLineOptions(commandLine: string): Facts {
  const options = commandLine.split(/\s+/).map((word) => {
    const [, name, value = ''] = /^([^=]*)(?:=(.*))?$/s.exec(word)!;
    return [name, value] as const;
  });
  return Object.fromEntries(options.filter(([name]) => LATENCY_OPTIONS.includes(name)));
}

/** Kernels print "(null)" where no CPU is. */
function nohzFull(cpus: string | null): string | null {
  return cpus === '(null)' ? null : cpus;
}

/** Governor and the number of CPUs that use it. */
function governors(files: MachineFiles): Facts {
  const counts: { [governor: string]: number } = {};
  for (const [path, content] of files) {
    if (!path.endsWith('/cpufreq/scaling_governor')) continue;
    counts[content.trim()] = (counts[content.trim()] ?? 0) + 1;
  }
  return counts;
}

/** The idle states (C-states) of the first CPU. */
function idleFacts(files: MachineFiles): Facts {
  const states: Facts[] = [];
  const inState = (index: number, file: string) =>
    files.get(`${CPU}/cpu0/cpuidle/state${index}/${file}`)?.trim();
  for (let index = 0; inState(index, 'name') !== undefined; index++) {
    states.push({
      name: inState(index, 'name')!,
      exit_latency_us: Number(inState(index, 'latency') ?? Number.NaN) || 0,
      disabled: inState(index, 'disable') === '1',
    });
  }
  return {
    driver: files.get(`${CPU}/cpuidle/current_driver`)?.trim() || null,
    governor: files.get(`${CPU}/cpuidle/current_governor`)?.trim() || null,
    states,
  };
}

/** `kvm`, `kvm_intel` and `kvm_amd`, where they are loaded: only on a host. */
function moduleParameters(files: MachineFiles): Facts {
  const modules: { [module: string]: { [parameter: string]: string } } = {};
  for (const [path, content] of files) {
    const [, module, parameter] = /^\/sys\/module\/(kvm\w*)\/parameters\/(\w+)$/.exec(path) ?? [];
    if (module === undefined) continue;
    modules[module] ??= {};
    modules[module][parameter] = content.trim();
  }
  return modules;
}

function words(text: string | null): string[] {
  return text === null ? [] : text.split(/\s+/);
}

function flag(text: string | null): boolean | null {
  return text === '1' ? true : text === '0' ? false : null;
}

function negated(value: boolean | null): boolean | null {
  return value === null ? null : !value;
}
