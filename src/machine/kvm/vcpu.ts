import { Stage } from '../costs/stages.ts';
import { Source } from '../pcpu.ts';
import { Exit } from './exit-reasons.ts';
import { VcpuState } from './vcpu-state.ts';
import { waitLapicExpire } from './wait-lapic-expire.ts';

/** What an entry brings into the guest besides its registers. */
export type Injection = 'none' | 'event' | 'virtual';

/** An exit that only KVM's emulation of an instruction can explain: what to do, and what the trace shows. */
export interface Emulation {
  /** `fast`: from a fastpath, without the generic part of the emulation. */
  emulate(fast: boolean): void;
  /** WRMSR to IA32_TSC_DEADLINE, which has a fastpath. */
  readonly writesTscDeadline: boolean;
}

/** fastpath_t: EXIT_FASTPATH_NONE, EXIT_HANDLED, REENTER_GUEST. */
type Fastpath = 'none' | 'exit-handled' | 'reenter-guest';

/**
 * KVM's side of one vCPU: from a VM exit to the next VM entry (x86.c: vcpu_run, vcpu_enter_guest; vmx.c:
 * vmx_vcpu_run, vmx_handle_exit). The order of stages is that of the kernel; releases differ by the feature table.
 */
export class KvmVcpu extends VcpuState {
  /** From the exit to the next entry; returns what the entry injects. */
  handleExit(exit: Exit, guestInterruptible: boolean, emulation: Emulation | null): Injection {
    this.leaveGuest(exit);
    const fastpath = this.exitHandlersFastpath(exit, emulation);
    if (fastpath === 'reenter-guest') {
      this.vmxVcpuRun();
      return this.virtualInterrupt(guestInterruptible);
    }
    this.slowPath(exit, fastpath === 'none' ? emulation : null, fastpath);
    return this.vcpuRun(guestInterruptible);
  }

  private leaveGuest(exit: Exit): void {
    const { pcpu } = this;
    this.inGuestMode = false;
    pcpu.agenda.cancel(Source.preemptionTimer);
    pcpu.spend(Stage['hardware.vm_exit']);
    if (this.config.host.mitigationExitCycles > 0) pcpu.spend(Stage['hardware.mitigations_exit']);
    pcpu.spend(Stage['kvm.exit_tail']);
    if (this.features.kvmExitTrace === 'early') this.trace.exit(exit, this.linuxGuest);
  }

  /** vmx_exit_handlers_fastpath: what can be done with interrupts still off. */
  private exitHandlersFastpath(exit: Exit, emulation: Emulation | null): Fastpath {
    const { pcpu, features } = this;
    const spurious = this.hv.isSoftDisabled && !features.fastpathReentersSoftDisabled;
    if (exit === Exit.preemptionTimer && features.fastpathPreemptionTimer && !spurious) {
      pcpu.spend(Stage['kvm.expired_hv_timer']);
      this.timer.expiredHvTimer();
      return this.reenterUnlessRequested();
    }
    const served =
      features.fastpathWrmsr === 'all' || (features.fastpathWrmsr === 'hv-only' && this.canUseHvTimer);
    if (exit !== Exit.msrWrite || emulation === null || !emulation.writesTscDeadline || !served) {
      const isWrmsr = exit === Exit.msrWrite;
      pcpu.spend(isWrmsr ? Stage['kvm.fastpath_wrmsr_none'] : Stage['kvm.fastpath_none']);
      return 'none';
    }
    pcpu.spend(Stage['kvm.fastpath_wrmsr']);
    emulation.emulate(true);
    pcpu.spend(Stage['kvm.fastpath_reenter']);
    return this.reenterUnlessRequested();
  }

  /** kvm_vcpu_exit_request, after the PIR was folded into the vIRR. */
  private reenterUnlessRequested(): Fastpath {
    this.syncPirToIrr();
    const requested = this.timerRequested || this.eventRequested || this.host.needResched;
    return requested ? 'exit-handled' : 'reenter-guest';
  }

  private slowPath(exit: Exit, emulation: Emulation | null, fastpath: Fastpath): void {
    const { pcpu, host } = this;
    pcpu.spend(Stage['kvm.handle_exit_irqoff']);
    host.serveInterrupts();
    this.emitDeferredWait();
    this.enableInterruptsAndPreemption();
    if (this.linuxGuest) pcpu.spend(Stage['kvm.guest_extras']);
    this.syncPvEoi();
    pcpu.spend(Stage['kvm.handle_exit']);
    if (this.features.kvmExitTrace === 'late') this.trace.exit(exit, this.linuxGuest);
    if (fastpath === 'none') this.handle(exit, emulation);
    else pcpu.spend(Stage['kvm.handler_skipped']);
    host.serveInterrupts();
  }

  /** kvm_vmx_exit_handlers. */
  private handle(exit: Exit, emulation: Emulation | null): void {
    if (exit === Exit.preemptionTimer) {
      this.pcpu.spend(Stage['kvm.expired_hv_timer']);
      this.timer.expiredHvTimer();
    } else if (exit === Exit.externalInterrupt) {
      this.pcpu.spend(Stage['kvm.handle_external_interrupt']);
    } else if (exit === Exit.interruptWindow) {
      this.pcpu.spend(Stage['kvm.handle_interrupt_window']);
      this.irqWindowOpen = false;
      this.eventRequested = true;
    } else if (emulation !== null) {
      emulation.emulate(false);
    }
  }

  /** vcpu_run: until the guest has been entered. */
  private vcpuRun(guestInterruptible: boolean): Injection {
    do {
      this.injectPendingTimer();
      if (this.host.needResched) this.scheduler.schedule(this);
      else if (this.halted) this.block.vcpuBlock();
    } while (this.timerRequested || this.halted || this.host.needResched);
    return this.vcpuEnterGuest(guestInterruptible);
  }

  injectPendingTimer(): void {
    this.timerRequested = false;
    if (!this.timer.hasPendingTimer) return;
    this.pcpu.spend(Stage['kvm.deliver_timer_irq']);
    this.timer.injectPendingTimerIrqs();
  }

  /** vcpu_enter_guest: requests, injection, then the world switch. */
  private vcpuEnterGuest(guestInterruptible: boolean): Injection {
    const { pcpu } = this;
    if (this.migrateTimer) this.migrateApicTimer();
    pcpu.spend(Stage['kvm.run_loop']);
    let injection: Injection = 'none';
    if (this.eventRequested || (this.interrupts.posted && this.features.apicvRequestsEvent))
      injection = this.injectPendingEvent(guestInterruptible);
    else this.syncPirToIrr();
    if (injection === 'none') injection = this.virtualInterrupt(guestInterruptible);
    this.pvEoiOffered =
      this.config.kvm.pvEoi && this.linuxGuest && !this.apicvActive && this.interrupts.pvEoiPossible;
    this.disableInterruptsAndPreemption();
    pcpu.spend(Stage['kvm.prepare_switch']);
    if (this.reloadHostState) pcpu.spend(Stage['kvm.reload_host_state']);
    this.reloadHostState = false;
    if (this.features.kvmEntryTrace === 'early') this.trace.entry();
    if (this.features.waitPosition === 'vcpu_enter_guest') waitLapicExpire(this);
    this.vmxVcpuRun();
    return injection;
  }

  /** Virtual interrupt delivery: the CPU itself sees RVI at entry. */
  private virtualInterrupt(guestInterruptible: boolean): Injection {
    return this.apicvActive && guestInterruptible && this.interrupts.deliverable ? 'virtual' : 'none';
  }

  /** kvm_check_and_inject_events: an event now, or a window for it. */
  private injectPendingEvent(guestInterruptible: boolean): Injection {
    const { pcpu, interrupts } = this;
    this.eventRequested = false;
    pcpu.spend(Stage['kvm.event_check']);
    if (this.apicvActive) {
      this.syncPirToIrr();
      return this.virtualInterrupt(guestInterruptible);
    }
    if (!interrupts.deliverable) return 'none';
    if (!guestInterruptible) {
      pcpu.spend(Stage['kvm.open_irq_window']);
      this.irqWindowOpen = true;
      return 'none';
    }
    interrupts.serve();
    pcpu.spend(Stage['kvm.inject_irq']);
    this.trace.injVirq(this.timer.registers.vector);
    return 'event';
  }

  /** vmx_sync_pir_to_irr: what has been posted since the exit goes into the virtual IRR. */
  private syncPirToIrr(): void {
    if (!this.apicvActive || !this.interrupts.posted) return;
    this.pcpu.spend(Stage['kvm.sync_pir_to_irr']);
    this.interrupts.foldPir();
  }

  /**
   * vmx_vcpu_run: programs the hv timer, waits for the deadline, switches worlds. A nested one pays here for L0's part
   * of the exit and of the entry: every exit ends with an entry, and so does every sleep.
   */
  private vmxVcpuRun(): void {
    const { pcpu, features } = this;
    if (this.config.virtualization === 'nested') pcpu.spend(Stage['hardware.nested']);
    pcpu.spend(Stage['kvm.vcpu_run']);
    if (features.kvmEntryTrace === 'late') this.trace.entry();
    let value: number | null = null;
    if (this.canUseHvTimer) {
      this.lookAtHvDeadline();
      pcpu.spend(Stage['kvm.update_hv_timer']);
      const writes = this.hv.valueWrites;
      value = this.hv.valueForEntry(pcpu.now, false);
      if (this.hv.valueWrites !== writes)
        pcpu.spend(this.hv.isSoftDisabled ? Stage['kvm.soft_disable_hv_timer'] : Stage['kvm.load_hv_timer']);
    }
    if (features.waitPosition === 'vmx_vcpu_run') waitLapicExpire(this);
    pcpu.spend(Stage['kvm.enter_guest']);
    if (this.config.host.mitigationEntryCycles > 0) pcpu.spend(Stage['hardware.mitigations_entry']);
    pcpu.spend(Stage['hardware.vm_entry']);
    if (this.hv.controlsDirty) {
      this.hv.controlsDirty = false;
      pcpu.spend(Stage['hardware.vm_entry_dirty']);
    }
    this.inGuestMode = true;
    if (value !== null) {
      this.preemptionTimerValue = value;
      pcpu.agenda.schedule(Source.preemptionTimer, this.hv.counter.exitTime(value, pcpu.now));
    }
  }

  /** What v1 and v2 of the patch series did with an armed deadline on every entry. */
  private lookAtHvDeadline(): void {
    const { pcpu, features, hv } = this;
    if (!hv.isArmed) return;
    for (let check = 0; check < features.hvExpiryChecksPerEntry; check++) {
      pcpu.spend(Stage['kvm.check_hv_expiry']);
    }
    if (features.hvDeadlineConvertedAt === 'entry') pcpu.spend(Stage['kvm.convert_hv_deadline']);
  }

  /** From here to the world switch and back, and on to the end of `handle_exit_irqoff`. */
  private disableInterruptsAndPreemption(): void {
    const { execution } = this.pcpu;
    execution.preemptDepth = 1;
    execution.irqsOff = true;
  }

  private enableInterruptsAndPreemption(): void {
    const { execution } = this.pcpu;
    execution.preemptDepth = 0;
    execution.irqsOff = false;
  }
}
