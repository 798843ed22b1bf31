import { Stage } from '../costs/stages.ts';
import { MSR_TSC_DEADLINE, MSR_X2APIC_EOI } from './exit-reasons.ts';
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
    const { pcpu } = this.kvm;
    if (!fast) pcpu.spend(Stage['kvm.emulate_wrmsr']);
    if (this.msr === MSR_X2APIC_EOI)
      pcpu.observer?.event(pcpu.now, 'kvm_apic', { rw: 'write', reg: 'APIC_EOI', val: 0 });
    this.write(this.value);
    if (!fast) pcpu.spend(Stage['kvm.skip_instruction']);
    pcpu.observer?.event(pcpu.now, 'kvm_msr', { msr: this.msr, value: this.value });
  }
}

/** An exit whose emulation is one call. */
export class PlainExit implements Emulation {
  readonly writesTscDeadline = false;

  constructor(readonly emulate: () => void) {}
}
