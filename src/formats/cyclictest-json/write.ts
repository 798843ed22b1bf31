import type { Json, ResultDocument } from '../../measurement/result-document.ts';
import type { Scenario } from '../../scenario/schema.ts';
import { type CyclictestStatistics, cyclictestStatistics } from '../cyclictest-text/statistics.ts';
import { recordedHistogramUs } from '../cyclictest-text/write.ts';

/**
 * What `cyclictest --json=FILE` of rt-tests 2.4 writes, with its misspelt keys (`cmdline:` and `rt_test_version:`).
 * A simulation has no date: its clock starts at the epoch, so that equal runs give equal files. The mean of no
 * samples is null, where cyclictest writes `-nan`, which is not JSON.
 */
export function writeCyclictestJson(document: ResultDocument): string {
  const histogramUs = recordedHistogramUs(document);
  const scenario = document.scenario as unknown as Scenario | null;
  const statistics = document.measurements.map((thread) => cyclictestStatistics(thread, histogramUs));
  const head: { readonly [key: string]: Json } = {
    file_version: 1,
    'cmdline:': commandLine(scenario, histogramUs),
    'rt_test_version:': '2.40',
    start_time: rfc2822(0),
    end_time: rfc2822(durationSeconds(scenario, statistics)),
    return_code: 0,
    sysinfo: {
      sysname: 'Linux',
      nodename: 'kvmtimer',
      release: scenario?.guest.kernel.version ?? 'unknown',
      version: `${document.origin}, kvmtimer ${document.kvmtimer_version}, seed ${document.seed}`,
      machine: 'x86_64',
      realtime: scenario?.guest.kernel.preempt === 'rt' ? 1 : 0,
    },
    num_threads: statistics.length,
    resolution_in_ns: 0,
  };
  const cpus = scenario?.vcpus.length ?? statistics.length;
  const threads = statistics.map((thread, index) => `    "${index}": ${threadText(thread, index % cpus)}`);
  const opening = JSON.stringify(head, null, 2).slice(0, -2);
  return `${opening},\n  "thread": {\n${threads.join(',\n')}\n  }\n}\n`;
}

function threadText({ rows, cycles, minUs, maxUs, avgUs }: CyclictestStatistics, cpu: number): string {
  const entries = [...rows].map(([us, count]) => `\n        "${us}": ${count}`);
  const lines = [
    `"histogram": {${entries.join(',')}${entries.length > 0 ? '\n' : ''}      }`,
    `"cycles": ${cycles}`,
    `"min": ${minUs}`,
    `"max": ${maxUs}`,
    `"avg": ${Number.isNaN(avgUs) ? null : avgUs.toFixed(2)}`,
    `"cpu": ${cpu}`,
    '"node": 0',
  ];
  return `{\n${lines.map((line) => `      ${line}`).join(',\n')}\n    }`;
}

/** The command that would make this measurement on a real machine. */
function commandLine(scenario: Scenario | null, histogramUs: number): string {
  if (scenario === null || scenario.workload.tool !== 'cyclictest') return `cyclictest -q -h ${histogramUs}`;
  const { threads, smp, affinity, priority, interval_us, loops } = scenario.workload;
  const placement = smp ? '-S' : `-t ${threads}${affinity ? ' -a' : ''}`;
  return `cyclictest -q -m ${placement} -p ${priority} -i ${interval_us} -l ${loops} -h ${histogramUs} --json`;
}

/** How long the longest thread ran on the simulated clock. */
function durationSeconds(scenario: Scenario | null, threads: readonly CyclictestStatistics[]): number {
  if (scenario === null || scenario.workload.tool !== 'cyclictest') return 0;
  const { interval_us, distance_us } = scenario.workload;
  return Math.max(
    0,
    ...threads.map(({ cycles }, index) => (cycles * (interval_us + index * distance_us)) / 1e6),
  );
}

function rfc2822(secondsSinceEpoch: number): string {
  return new Date(Math.floor(secondsSinceEpoch) * 1000).toUTCString().replace('GMT', '+0000');
}
