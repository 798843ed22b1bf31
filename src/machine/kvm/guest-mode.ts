import type { Cycles } from '../../time.ts';
import { Stage, type StageId } from '../costs/stages.ts';
import type { GuestCpu, GuestSoftware } from '../guest/guest-cpu.ts';
import { haltExitCycles, sleepInIdleState } from '../hardware/idle-state.ts';
import { type Pcpu, Source } from '../pcpu.ts';
import { Emulations, type MsrRead } from './emulation.ts';
import { Exit } from './exit-reasons.ts';
import type { Emulation, KvmVcpu } from './vcpu.ts';

/**
 * The vCPU in VMX non-root operation: runs guest code until something makes it exit, hands over to KVM, and takes
 * what the next entry injects. The guest's instructions that always exit are here too.
 */
export class GuestMode implements GuestCpu {
  software: GuestSoftware = { interrupt: () => {} };
  interruptsEnabled = false;
  readonly isNative = false;
  readonly pcpu: Pcpu;
  private atIret = false;
  private another = false;
  private readonly haltExitCycles: Cycles;
  private readonly emulations: Emulations;

  constructor(readonly kvm: KvmVcpu) {
    this.pcpu = kvm.pcpu;
    this.haltExitCycles = haltExitCycles(kvm.config.host);
    this.emulations = new Emulations(kvm);
  }

  // --- running ---------------------------------------------------------------------------------------------------

  run(stage: StageId): void {
    const { pcpu } = this;
    const end = pcpu.now + pcpu.costs.draw(stage, pcpu.now);
    if (pcpu.agenda.earliest > end) pcpu.passUndisturbed(stage, end);
    else this.runInterrupted(stage, end - pcpu.now);
  }

  spin(stage: StageId): void {
    this.pcpu.passToNextEvent(stage);
    this.takeDue();
  }

  spinUntil(stage: StageId, tsc: Cycles): void {
    const end = this.hostTscOf(tsc);
    const { pcpu } = this;
    while (pcpu.now < end) {
      pcpu.passTo(stage, Math.max(pcpu.now, Math.min(end, pcpu.agenda.earliest)));
      if (pcpu.agenda.earliest <= pcpu.now) this.takeDue();
    }
  }

  /** What comes in between stops the guest, not its work: the stage still runs its own cycles. */
  private runInterrupted(stage: StageId, cycles: Cycles): void {
    const { pcpu } = this;
    let left = cycles;
    while (pcpu.agenda.earliest <= pcpu.now + left) {
      const begin = pcpu.now;
      pcpu.passTo(stage, Math.max(begin, pcpu.agenda.earliest));
      left -= Math.min(left, pcpu.now - begin);
      if (!this.takeDue()) break;
    }
    if (left > 0) pcpu.passTo(stage, pcpu.now + left);
  }

  /** Serves the event that is due; false when it turned out to be nothing for the guest. */
  private takeDue(): boolean {
    const { pcpu, kvm } = this;
    if (pcpu.agenda.earliest > pcpu.now) return false;
    switch (pcpu.agenda.source) {
      case Source.preemptionTimer:
        if (kvm.config.virtualization === 'nested' && kvm.preemptionTimerValue > 0)
          this.outerTimerInterrupt();
        this.exit(Exit.preemptionTimer, null);
        return true;
      case Source.postedInterrupt:
        pcpu.agenda.cancel(Source.postedInterrupt);
        kvm.posted.arriveInGuest();
        this.takeVirtualInterrupt();
        return true;
      default:
        if (pcpu.agenda.source === Source.hostTimer) pcpu.spend(Stage['hardware.interrupt_delivery']);
        this.exit(Exit.externalInterrupt, null);
        return true;
    }
  }

  /**
   * L0 emulates the counter of a nested hypervisor by an hrtimer (vmx_start_preemption_timer): its interrupt exits to
   * L0, which then reflects exit 52. A value of 0 needs no timer.
   */
  private outerTimerInterrupt(): void {
    const { pcpu } = this;
    pcpu.spend(Stage['hardware.interrupt_delivery']);
    pcpu.spend(Stage['hardware.vm_exit']);
    pcpu.spend(Stage['hardware.nested_timer']);
  }

  // --- exits -----------------------------------------------------------------------------------------------------

  private exit(reason: Exit, emulation: Emulation | null): void {
    const injection = this.kvm.handleExit(reason, this.interruptsEnabled, emulation);
    if (injection === 'none') return;
    if (injection === 'event') {
      this.pcpu.spend(Stage['hardware.event_delivery']);
      this.interrupt();
    } else {
      this.takeVirtualInterrupt();
    }
  }

  /** Virtual-interrupt delivery without KVM: RVI against the guest's IF. */
  private takeVirtualInterrupt(): void {
    const { interrupts } = this.kvm;
    interrupts.foldPir();
    if (!interrupts.deliverable || !this.interruptsEnabled) return;
    interrupts.serve();
    this.pcpu.spend(Stage['hardware.virtual_delivery']);
    this.interrupt();
  }

  /** One that waits for the handler's IRET is taken after it, not on top of it. */
  private interrupt(): void {
    if (this.atIret) {
      this.another = true;
      return;
    }
    do {
      this.another = false;
      this.interruptsEnabled = false;
      this.software.interrupt();
      this.atIret = true;
      this.enableInterrupts();
      this.atIret = false;
    } while (this.another);
  }

  enableInterrupts(): void {
    this.interruptsEnabled = true;
    if (this.kvm.irqWindowOpen) this.exit(Exit.interruptWindow, null);
    else if (this.kvm.apicvActive) this.takeVirtualInterrupt();
  }

  disableInterrupts(): void {
    this.interruptsEnabled = false;
  }

  // --- instructions ----------------------------------------------------------------------------------------------

  halt(): void {
    this.haltBy(Exit.hlt, this.kvm.config.kvm.haltInGuest);
  }

  mwait(): void {
    this.haltBy(Exit.mwait, this.kvm.config.kvm.mwaitInGuest);
  }

  /**
   * STI; HLT. The shadow of STI lets the HLT execute before an interrupt that waits for IF=1 is taken: an exiting HLT
   * exits, finds the vCPU runnable, and the interrupt window opens with the next entry. One that does not exit puts
   * the core itself to sleep.
   */
  private haltBy(reason: Exit, passedThrough: boolean): void {
    this.interruptsEnabled = true;
    if (!passedThrough) this.exit(reason, this.emulations.halt);
    else if (!this.interruptWaits()) {
      sleepInIdleState(this.pcpu, Stage['guest.idle'], this.haltExitCycles);
      this.takeDue();
      return;
    }
    if (this.interruptWaits()) this.enableInterrupts();
  }

  private interruptWaits(): boolean {
    const { irqWindowOpen, apicvActive, interrupts } = this.kvm;
    return irqWindowOpen || (apicvActive && (interrupts.posted || interrupts.deliverable));
  }

  readTsc(): Cycles {
    return this.kvm.guestTsc.fromHost(this.pcpu.now);
  }

  hostTscOf(tsc: Cycles): Cycles {
    return this.kvm.guestTsc.toHost(tsc);
  }

  writeTscDeadline(deadline: Cycles): void {
    this.exit(Exit.msrWrite, this.emulations.writeTscDeadline.of(deadline));
  }

  readTscDeadline(): Cycles {
    return this.readMsr(this.emulations.readTscDeadline);
  }

  writeLvtt(value: number): void {
    this.exit(Exit.msrWrite, this.emulations.writeLvtt.of(value));
  }

  writeTmict(count: number): void {
    this.exit(Exit.msrWrite, this.emulations.writeTmict.of(count));
  }

  writeTdcr(value: number): void {
    this.exit(Exit.msrWrite, this.emulations.writeTdcr.of(value));
  }

  readTmcct(): number {
    return this.readMsr(this.emulations.readTmcct);
  }

  private readMsr(emulation: MsrRead): number {
    this.exit(Exit.msrRead, emulation);
    return emulation.value;
  }

  endOfInterrupt(): void {
    const { kvm } = this;
    if (kvm.apicvActive) {
      this.pcpu.spend(Stage['kvm.virtual_eoi']);
      kvm.interrupts.inService = false;
    } else if (kvm.pvEoiOffered) {
      kvm.pvEoiOffered = false;
      kvm.pvEoiDone = true;
      this.run(Stage['guest.eoi']);
    } else {
      this.exit(Exit.msrWrite, this.emulations.writeEoi.of(0));
    }
  }

  cpuid(): void {
    this.exit(Exit.cpuid, this.emulations.cpuid);
  }

  hypercall(): void {
    this.exit(Exit.vmcall, this.emulations.hypercall);
  }
}
