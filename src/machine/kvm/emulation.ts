import { Stage } from '../costs/stages.ts';
import {
  MSR_TSC_DEADLINE,
  MSR_X2APIC_EOI,
  MSR_X2APIC_LVTT,
  MSR_X2APIC_TDCR,
  MSR_X2APIC_TMCCT,
  MSR_X2APIC_TMICT,
} from './exit-reasons.ts';
import type { Emulation, KvmVcpu } from './vcpu.ts';

/** A WRMSR exit: kvm_emulate_wrmsr around the register's own work. One object serves all writes to its register. */
class MsrWrite implements Emulation {
  readonly writesTscDeadline: boolean;
  private value = 0;

  constructor(
    private readonly kvm: KvmVcpu,
    private readonly msr: number,
    private readonly write: (value: number) => void,
  ) {
    this.writesTscDeadline = msr === MSR_TSC_DEADLINE;
  }

  /** This write, of `value`. */
  of(value: number): this {
    this.value = value;
    return this;
  }

  emulate(fast: boolean): void {
    const { pcpu, trace } = this.kvm;
    if (!fast) {
      pcpu.spend(Stage['kvm.emulate_wrmsr']);
      if (this.writesTscDeadline) pcpu.spend(Stage['kvm.msr_outside_x2apic']);
    }
    trace.apic('write', this.msr, this.value);
    this.write(this.value);
    trace.msr('write', this.msr, this.value);
    if (!fast) pcpu.spend(Stage['kvm.skip_instruction']);
  }
}

/** A RDMSR exit: kvm_emulate_rdmsr. One object serves all reads: no interrupt handler reads what it interrupts. */
export class MsrRead implements Emulation {
  readonly writesTscDeadline = false;
  value = 0;

  constructor(
    private readonly kvm: KvmVcpu,
    private readonly msr: number,
    private readonly read: () => number,
  ) {}

  emulate(): void {
    const { trace } = this.kvm;
    this.value = this.read();
    trace.apic('read', this.msr, this.value);
    trace.msr('read', this.msr, this.value);
  }
}

/** An exit whose emulation is one call. */
class PlainExit implements Emulation {
  readonly writesTscDeadline = false;

  constructor(readonly emulate: () => void) {}
}

/** The instructions of one vCPU that KVM emulates, each an object that is made once. */
export class Emulations {
  readonly writeTscDeadline: MsrWrite;
  readonly writeEoi: MsrWrite;
  readonly writeLvtt: MsrWrite;
  readonly writeTmict: MsrWrite;
  readonly writeTdcr: MsrWrite;
  readonly readTscDeadline: MsrRead;
  readonly readTmcct: MsrRead;
  readonly halt: PlainExit;
  readonly cpuid: PlainExit;
  readonly hypercall: PlainExit;

  constructor(private readonly kvm: KvmVcpu) {
    this.writeTscDeadline = new MsrWrite(kvm, MSR_TSC_DEADLINE, this.setTscDeadline);
    this.writeEoi = new MsrWrite(kvm, MSR_X2APIC_EOI, this.setEoi);
    this.writeLvtt = new MsrWrite(kvm, MSR_X2APIC_LVTT, this.setLvtt);
    this.writeTmict = new MsrWrite(kvm, MSR_X2APIC_TMICT, this.setTmict);
    this.writeTdcr = new MsrWrite(kvm, MSR_X2APIC_TDCR, this.setTdcr);
    this.readTscDeadline = new MsrRead(kvm, MSR_TSC_DEADLINE, this.getTscDeadline);
    this.readTmcct = new MsrRead(kvm, MSR_X2APIC_TMCCT, this.getTmcct);
    this.halt = new PlainExit(this.emulateHalt);
    this.cpuid = new PlainExit(this.emulateCpuid);
    this.hypercall = new PlainExit(this.emulateHypercall);
  }

  private readonly setTscDeadline = (deadline: number): void => this.kvm.timer.setTscdeadlineMsr(deadline);
  private readonly setEoi = (): void => this.kvm.setEoi(Stage['kvm.set_eoi']);
  private readonly setLvtt = (value: number): void => this.kvm.timer.writeLvtt(value);
  private readonly setTmict = (count: number): void => this.kvm.timer.writeTmict(count);
  private readonly setTdcr = (value: number): void => this.kvm.timer.writeTdcr(value);
  private readonly getTscDeadline = (): number => this.kvm.timer.getTscdeadlineMsr();
  private readonly getTmcct = (): number => this.kvm.timer.readTmcct();

  private readonly emulateHalt = (): void => {
    this.kvm.pcpu.spend(Stage['kvm.emulate_halt']);
    this.kvm.halted = true;
  };

  private readonly emulateCpuid = (): void => {
    this.kvm.pcpu.spend(Stage['kvm.emulate_cpuid']);
    this.kvm.trace.cpuid();
  };

  private readonly emulateHypercall = (): void => {
    this.kvm.trace.hypercall();
    this.kvm.pcpu.spend(Stage['kvm.emulate_hypercall']);
  };
}
