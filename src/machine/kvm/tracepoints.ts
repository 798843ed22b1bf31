import type { Cycles, Nanoseconds } from '../../time.ts';
import type { Pcpu } from '../pcpu.ts';
import { type Exit, Exit as ExitReason, exitName, MSR_X2APIC } from './exit-reasons.ts';
import type { KernelFeatures } from './features.ts';
import { guestRip } from './guest-rip.ts';

/** Registers of the APIC's page that the timer has, by offset, as kvm_apic names them. */
const APIC_REGISTERS: ReadonlyMap<number, string> = new Map([
  [0x0b, 'APIC_EOI'],
  [0x32, 'APIC_LVTT'],
  [0x38, 'APIC_TMICT'],
  [0x39, 'APIC_TMCCT'],
  [0x3e, 'APIC_TDCR'],
]);
const VALID_INTERRUPTION = 0x80000000;

/** The tracepoints of KVM (arch/x86/kvm/trace.h) on one vCPU; each costs one comparison while nobody watches. */
export class KvmTracepoints {
  private readonly id: number;
  /** What the next kvm_entry tells: where the guest goes on, and what is injected into it. */
  private rip = '0x0';
  private interruption = 0;

  constructor(
    private readonly pcpu: Pcpu,
    private readonly features: KernelFeatures,
    private readonly vendor: 'intel' | 'amd',
  ) {
    this.id = pcpu.execution.vcpuId;
  }

  entry(): void {
    const { observer, now } = this.pcpu;
    if (observer === null) return;
    const { id, rip, interruption } = this;
    observer.event(now, 'kvm_entry', { vcpu: id, rip, intr_info: interruption, error_code: 0 });
    this.interruption = 0;
  }

  exit(exit: Exit, linuxGuest: boolean): void {
    const { observer, now } = this.pcpu;
    if (observer === null) return;
    const { vendor, features, id } = this;
    const rip = guestRip(exit, linuxGuest);
    this.rip = rip.entry;
    observer.event(now, 'kvm_exit', {
      vcpu: id,
      reason: exitName(exit, vendor, features.exitWindowName),
      rip: rip.exit,
      info1: vendor === 'amd' && exit === ExitReason.msrWrite ? 1 : 0,
      info2: 0,
      intr_info: this.exitInterruption(exit),
      error_code: 0,
    });
  }

  /** VMX acknowledges the interrupt on exit and tells its vector; SVM does neither. */
  private exitInterruption(exit: Exit): number {
    if (exit !== ExitReason.externalInterrupt || this.vendor === 'amd') return 0;
    return VALID_INTERRUPTION + this.features.localTimerVector;
  }

  injVirq(vector: number): void {
    const { observer, now } = this.pcpu;
    if (observer === null) return;
    this.interruption = VALID_INTERRUPTION + vector;
    observer.event(now, 'kvm_inj_virq', { irq: vector });
  }

  /** `posted`: delivered through the posted-interrupt descriptor. */
  acceptIrq(vector: number, posted: boolean): void {
    const { observer, now } = this.pcpu;
    if (observer === null) return;
    observer.event(now, 'kvm_apic_accept_irq', { apicid: this.id, vec: vector });
    if (!posted || !this.features.kvmApicvAcceptTrace) return;
    observer.event(now, 'kvm_apicv_accept_irq', { apicid: this.id, vec: vector });
  }

  eoi(vector: number): void {
    const { observer, now } = this.pcpu;
    observer?.event(now, 'kvm_eoi', { apicid: this.id, vector });
  }

  pvEoi(vector: number): void {
    const { observer, now } = this.pcpu;
    observer?.event(now, 'kvm_pv_eoi', { apicid: this.id, vector });
  }

  /** Only the x2APIC MSRs are registers of the APIC's page; IA32_TSC_DEADLINE is not. */
  apic(rw: 'read' | 'write', msr: number, value: number): void {
    const { observer, now } = this.pcpu;
    if (observer === null) return;
    const register = APIC_REGISTERS.get(msr - MSR_X2APIC);
    if (register !== undefined) observer.event(now, 'kvm_apic', { rw, reg: register, val: value });
  }

  msr(rw: 'read' | 'write', msr: number, value: number): void {
    const { observer, now } = this.pcpu;
    observer?.event(now, 'kvm_msr', { rw, msr, value });
  }

  /** `delta`: guest cycles after (negative: before) the deadline. */
  waitLapicExpire(delta: Cycles): void {
    const { observer, now } = this.pcpu;
    observer?.event(now, 'kvm_wait_lapic_expire', { vcpu: this.id, delta });
  }

  haltPollNs(direction: 'grow' | 'shrink', after: Nanoseconds, before: Nanoseconds): void {
    const { observer, now } = this.pcpu;
    observer?.event(now, 'kvm_halt_poll_ns', { vcpu: this.id, new: after, direction, old: before });
  }

  vcpuWakeup(kind: 'wait' | 'poll', ns: Nanoseconds): void {
    const { observer, now } = this.pcpu;
    observer?.event(now, 'kvm_vcpu_wakeup', { kind, ns, valid: 'valid' });
  }

  /** CPUID leaf 0 of a GenuineIntel machine: what the test asks for. */
  cpuid(): void {
    const { observer, now } = this.pcpu;
    if (observer === null) return;
    const fields = { func: '0', idx: '0', rax: 'd', rbx: '756e6547', rcx: '6c65746e', rdx: '49656e69' };
    observer.event(now, 'kvm_cpuid', fields);
  }

  hypercall(): void {
    const { observer, now } = this.pcpu;
    observer?.event(now, 'kvm_hypercall', { nr: 0, a0: 0, a1: 0, a2: 0, a3: 0 });
  }
}
