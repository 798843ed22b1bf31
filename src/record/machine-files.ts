import { readdirSync, readFileSync } from 'node:fs';

/**
 * Contents of the files of /proc and /sys that tell about timer latency, by path; what does not exist is
 * absent.
 */
export type MachineFiles = ReadonlyMap<string, string>;

const CPU = '/sys/devices/system/cpu';
const FILES = [
  '/proc/cpuinfo',
  '/proc/cmdline',
  '/proc/sys/kernel/osrelease',
  '/proc/sys/kernel/version',
  '/proc/sys/kernel/hostname',
  '/proc/sys/kernel/timer_migration',
  '/proc/sys/kernel/sched_rt_runtime_us',
  '/sys/kernel/realtime',
  '/sys/devices/system/clocksource/clocksource0/current_clocksource',
  '/sys/devices/system/clocksource/clocksource0/available_clocksource',
  '/sys/devices/system/clockevents/clockevent0/current_device',
  '/sys/hypervisor/type',
  '/sys/class/dmi/id/sys_vendor',
  '/sys/class/dmi/id/product_name',
  `${CPU}/online`,
  `${CPU}/isolated`,
  `${CPU}/nohz_full`,
  `${CPU}/smt/active`,
  `${CPU}/cpuidle/current_driver`,
  `${CPU}/cpuidle/current_governor`,
  `${CPU}/intel_pstate/no_turbo`,
] as const;

/** Folders whose every file matters. */
const FOLDERS = [
  '/sys/module/kvm/parameters',
  '/sys/module/kvm_intel/parameters',
  '/sys/module/kvm_amd/parameters',
];

/** Reads what this machine has of them. Never throws: what cannot be read is not known. */
export function readMachineFiles(): MachineFiles {
  const cpus = namesIn(CPU).filter((name) => /^cpu\d+$/.test(name));
  const paths = [
    ...FILES,
    ...FOLDERS.flatMap((folder) => namesIn(folder).map((name) => `${folder}/${name}`)),
    ...cpus.map((cpu) => `${CPU}/${cpu}/cpufreq/scaling_governor`),
    ...namesIn(`${CPU}/cpu0/cpuidle`).flatMap((state) =>
      ['name', 'latency', 'disable'].map((file) => `${CPU}/cpu0/cpuidle/${state}/${file}`),
    ),
  ];
  return new Map(paths.flatMap((path) => contentOf(path)));
}

function contentOf(path: string): [path: string, content: string][] {
  try {
    return [[path, readFileSync(path, 'utf8')]];
  } catch {
    return [];
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
