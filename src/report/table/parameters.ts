import type { ResultDocument } from '../../measurement/result-document.ts';
import type { Scenario } from '../../scenario/schema.ts';

/** `[label, text]` of what was run: the settings that decide the latency, and where else they are found. */
export function parameters(document: ResultDocument): (readonly [label: string, text: string])[] {
  const origin = ['origin', `${document.origin}, kvmtimer ${document.kvmtimer_version}`] as const;
  if (document.scenario === null) return [origin];
  const { host, guest, vcpus, workload, virtualization } = document.scenario as unknown as Scenario;
  const kvm = [
    host.kvm.patch_revision === null ? '' : `patch series ${host.kvm.patch_revision}`,
    `enable_hv_timer=${host.kvm.enable_hv_timer ? 'Y' : 'N'}`,
    host.kvm.lapic_timer_advance_ns === null
      ? ''
      : `lapic_timer_advance_ns=${host.kvm.lapic_timer_advance_ns}`,
    host.kvm.halt_poll_ns === null ? '' : `halt_poll_ns=${host.kvm.halt_poll_ns}`,
  ];
  const kernel = ({ version, hz }: { version: string; hz: number }) => `Linux ${version}, ${hz} Hz`;
  return [
    ['host', listed([host.cpu, kernel(host.kernel), host.kernel.nohz_full ? 'nohz_full' : ''])],
    [
      'kvm',
      virtualization === 'bare-metal'
        ? 'bare metal'
        : listed([virtualization === 'nested' ? 'nested' : '', ...kvm]),
    ],
    ['guest', listed([`${vcpus.length} vCPU`, kernel(guest.kernel), `idle=${guest.idle}`])],
    ['workload', workloadText(workload)],
    ['seed', document.seed ?? 'none'],
    origin,
  ];
}

function workloadText(workload: Scenario['workload']): string {
  if (workload.tool !== 'cyclictest') return `${workload.tool} -l ${workload.loops}`;
  const { threads, smp, priority, interval_us, loops } = workload;
  return `cyclictest ${smp ? '-S' : `-t ${threads}`} -p ${priority} -i ${interval_us} -l ${loops}`;
}

function listed(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(', ');
}
