import { Stage } from '../costs/stages.ts';
import { MSR_TSC_DEADLINE } from './exit-reasons.ts';
import type { Emulation, KvmVcpu } from './vcpu.ts';

/** A WRMSR exit: kvm_emulate_wrmsr around the register's own work. One object serves all writes of its kind. */
export class MsrWrite implements Emulation {
  private value = 0;

  constructor(
    private readonly kvm: KvmVcpu,
    private msr: number,
    private write: (value: number) => void,
  ) {}

  get writesTscDeadline(): boolean {
    return this.msr === MSR_TSC_DEADLINE;
  }

  /** This write, of `value`. */
  of(value: number): this {
    this.value = value;
    return this;
  }

  /** A write to another register. */
  as(msr: number, value: number, write: () => void): this {
    this.msr = msr;
    this.write = write;
    return this.of(value);
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

/** A RDMSR exit: kvm_emulate_rdmsr. */
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
export class PlainExit implements Emulation {
  readonly writesTscDeadline = false;

  constructor(readonly emulate: () => void) {}
}
