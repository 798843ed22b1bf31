import type { KernelFeatures } from '../../machine/kvm/features.ts';
import type { TraceFields, TracePoint } from '../../machine/trace.ts';

type EventText = (fields: TraceFields, features: KernelFeatures) => string;

const hex = (value: number | string, digits: number) =>
  `0x${Number(value).toString(16).padStart(digits, '0')}`;

/** A negative number reads as the unsigned 64-bit one, as the kernel's %llx shows it. */
const longHex = (value: number | string) => BigInt.asUintN(64, BigInt(value)).toString(16);

/** Where the timers of this machine would lie: each has an address of its own, and memory is not simulated. */
const FIRST_HRTIMER = 0x7a5c01c0;
const HRTIMER_DISTANCE = 0x1e40;

/** The timer's address, or the hash of it that newer kernels print in its place. */
function hrtimer({ hrtimer: id }: TraceFields, { pointersHashed }: KernelFeatures): string {
  const address = FIRST_HRTIMER + Number(id) * HRTIMER_DISTANCE;
  return `hrtimer=${pointersHashed ? '00000000' : 'ffff8800'}${address.toString(16)}`;
}

const accepted: EventText = ({ apicid, vec }) => `apicid ${apicid} vec ${vec} (Fixed|edge)`;
const endOfInterrupt: EventText = ({ apicid, vector }) => `apicid ${apicid} vector ${vector}`;
const localTimer: EventText = ({ vector }) => `vector=${vector}`;

const kvmEntry: EventText = (fields, { kvmEntryFormat }) => {
  const { vcpu, rip, intr_info, error_code } = fields;
  if (kvmEntryFormat === 'vcpu') return `vcpu ${vcpu}`;
  if (kvmEntryFormat !== 'rip-intr-info') return `vcpu ${vcpu}, rip ${rip}`;
  return `vcpu ${vcpu}, rip ${rip} intr_info ${hex(intr_info, 8)} error_code ${hex(error_code, 8)}`;
};

const kvmExit: EventText = (fields, { kvmExitFormat }) => {
  const { vcpu, reason, rip, info1, info2, intr_info, error_code } = fields;
  if (kvmExitFormat === 'reason' || kvmExitFormat === 'vcpu-reason') {
    const number = kvmExitFormat === 'reason' ? '' : `vcpu ${vcpu} `;
    const second = Number(intr_info) || info2;
    return `${number}reason ${reason} rip ${rip} info ${longHex(info1)} ${longHex(second)}`;
  }
  const details = `intr_info ${hex(intr_info, 8)} error_code ${hex(error_code, 8)}`;
  const requests = kvmExitFormat === 'vcpu-requests' ? ` requests ${hex(0, 16)}` : '';
  const infos = `info1 ${hex(info1, 16)} info2 ${hex(info2, 16)}`;
  return `vcpu ${vcpu} reason ${reason} rip ${rip} ${infos} ${details}${requests}`;
};

const hrtimerStart: EventText = (fields, features) => {
  const { function: name, expires, softexpires, mode, was_armed } = fields;
  const text = `${hrtimer(fields, features)} function=${name} expires=${expires} softexpires=${softexpires}`;
  const withMode = features.hrtimerStartMode ? `${text} mode=${mode}` : text;
  return features.hrtimerStartWasArmed ? `${withMode} was_armed=${was_armed}` : withMode;
};

const schedSwitch: EventText = (fields) => {
  const previous = `prev_comm=${fields.prev_comm} prev_pid=${fields.prev_pid} prev_prio=${fields.prev_prio}`;
  const next = `next_comm=${fields.next_comm} next_pid=${fields.next_pid} next_prio=${fields.next_prio}`;
  return `${previous} prev_state=${fields.prev_state} ==> ${next}`;
};

/** What TP_printk of each tracepoint writes; differences between releases are in the feature table. */
export const EVENT_TEXTS: Readonly<Record<TracePoint, EventText>> = {
  kvm_entry: kvmEntry,
  kvm_exit: kvmExit,
  kvm_msr: ({ rw, msr, value }) => `msr_${rw} ${Number(msr).toString(16)} = 0x${longHex(value)}`,
  kvm_apic: ({ rw, reg, val }) => `apic_${rw} ${reg} = 0x${longHex(val)}`,
  kvm_hv_timer_state: ({ vcpu_id, hv_timer }, { hvTimerStateExtraNewline }) =>
    `vcpu_id ${Number(vcpu_id).toString(16)} hv_timer ${hv_timer}${hvTimerStateExtraNewline ? '\n' : ''}`,
  kvm_apic_accept_irq: accepted,
  kvm_apicv_accept_irq: accepted,
  kvm_inj_virq: ({ irq }, { kvmInjVirqFormat }) =>
    kvmInjVirqFormat === 'hex' ? `IRQ ${hex(irq, 0)}` : `irq ${irq}`,
  kvm_eoi: endOfInterrupt,
  kvm_pv_eoi: endOfInterrupt,
  kvm_wait_lapic_expire: ({ vcpu, delta }) =>
    `vcpu ${vcpu}: delta ${delta} (${Number(delta) < 0 ? 'early' : 'late'})`,
  kvm_halt_poll_ns: ({ vcpu, new: after, direction, old }) =>
    `vcpu ${vcpu}: halt_poll_ns ${after} (${direction} ${old})`,
  kvm_vcpu_wakeup: ({ kind, ns, valid }, { kvmVcpuWakeupPolling }) =>
    `${kind} time ${ns} ns${kvmVcpuWakeupPolling ? `, polling ${valid}` : ''}`,
  kvm_hypercall: ({ nr, a0, a1, a2, a3 }) =>
    `nr ${hex(nr, 0)} a0 ${hex(a0, 0)} a1 ${hex(a1, 0)} a2 ${hex(a2, 0)}  a3 ${hex(a3, 0)}`,
  kvm_cpuid: ({ func, rax, rbx, rcx, rdx }) =>
    `func ${func} rax ${rax} rbx ${rbx} rcx ${rcx} rdx ${rdx}, cpuid entry found`,
  hrtimer_start: hrtimerStart,
  hrtimer_cancel: hrtimer,
  hrtimer_expire_entry: (fields, features) =>
    `${hrtimer(fields, features)} function=${fields.function} now=${fields.now}`,
  hrtimer_expire_exit: hrtimer,
  local_timer_entry: localTimer,
  local_timer_exit: localTimer,
  sched_switch: schedSwitch,
  sched_wakeup: ({ comm, pid, prio, target_cpu }) =>
    `comm=${comm} pid=${pid} prio=${prio} target_cpu=${String(target_cpu).padStart(3, '0')}`,
};
