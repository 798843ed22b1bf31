import type { Nanoseconds } from '../../time.ts';
import { Stage } from '../costs/stages.ts';
import { switchTask } from '../host/task-switch.ts';
import { Source } from '../pcpu.ts';
import { HaltPolling } from './halt-polling.ts';
import type { VcpuState } from './vcpu-state.ts';

/** What KVM does with a vCPU that executed HLT: poll, then block, then wake (kvm_main.c, x86.c: vcpu_block). */
export class VcpuBlock {
  readonly polling: HaltPolling;

  constructor(private readonly vcpu: VcpuState) {
    this.polling = new HaltPolling(vcpu.features, vcpu.config.kvm);
  }

  /** vcpu_block: returns when the vCPU may run; the run loop then injects and comes back here once. */
  vcpuBlock(): void {
    const { vcpu } = this;
    const { pcpu, timer, features } = vcpu;
    if (vcpu.runnable) {
      pcpu.spend(Stage['kvm.runnable']);
      vcpu.halted = false;
      return;
    }
    pcpu.spend(Stage['kvm.vcpu_block']);
    const wasHv = timer.hvTimerInUse;
    if (wasHv) timer.switchToSwTimer();
    this.vcpuHalt();
    const restore = features.blockRestoresHvOnlyIfUsed ? wasHv : features.hvTimer !== 'none';
    if (restore && vcpu.canUseHvTimer && features.hvSwitchAt === 'block') timer.switchToHvTimer();
    pcpu.spend(Stage['kvm.unblock_check']);
  }

  /** kvm_vcpu_halt (kvm_vcpu_block before 5.17): halt polling, then a real block. */
  private vcpuHalt(): void {
    const { vcpu, polling } = this;
    const { pcpu, host } = vcpu;
    pcpu.spend(Stage['kvm.vcpu_halt']);
    const start = host.timers.read();
    vcpu.woken = vcpu.runnable || vcpu.timer.hasPendingTimer;
    const pollNs = polling.start();
    const polled = pollNs > 0 && this.poll(start + pollNs);
    if (polled) pcpu.spend(Stage['kvm.poll_hit']);
    else {
      this.sleep();
      pcpu.spend(Stage['kvm.unblock']);
    }
    const blockedNs = host.timers.read() - start;
    this.updatePolling(blockedNs);
    vcpu.trace.vcpuWakeup(polled ? 'poll' : 'wait', blockedNs);
  }

  /** Spins with interrupts on until woken or until host time `stopNs`; true when the poll caught the wake-up. */
  private poll(stopNs: number): boolean {
    const { vcpu } = this;
    const { pcpu, host, scheduler } = vcpu;
    const stop = host.timers.clock.tscAt(stopNs);
    while (!vcpu.woken && pcpu.now < stop && !scheduler.othersRunnable) {
      pcpu.passTo(Stage['kvm.halt_poll'], Math.max(pcpu.now, Math.min(stop, pcpu.agenda.earliest)));
      if (pcpu.agenda.timeOf(Source.hostTimer) <= pcpu.now) pcpu.spend(Stage['hardware.interrupt_delivery']);
      host.serveInterrupts();
    }
    return vcpu.woken;
  }

  /** kvm_vcpu_block: schedules out, and the pCPU runs others or idles until something wakes the thread. */
  private sleep(): void {
    const { vcpu } = this;
    const { pcpu, scheduler } = vcpu;
    pcpu.spend(Stage['kvm.check_block']);
    if (vcpu.woken) return;
    pcpu.spend(Stage['host.schedule_out']);
    vcpu.schedOut();
    vcpu.sleeping = true;
    while (!vcpu.woken) {
      if (scheduler.runWhileVcpuSleeps(this.isWoken)) continue;
      switchTask(pcpu, pcpu.execution.idle, false);
      vcpu.hostIdle.idle(this.isWoken);
    }
    vcpu.sleeping = false;
    scheduler.runOthers(true);
    scheduler.switchToVcpu(vcpu);
    pcpu.spend(Stage['kvm.check_block']);
    pcpu.spend(Stage['kvm.after_sleep']);
  }

  private readonly isWoken = (): boolean => this.vcpu.woken;

  private updatePolling(blockedNs: Nanoseconds): void {
    const { polling, vcpu } = this;
    const before = polling.ns;
    const direction = polling.update(blockedNs);
    if (direction !== null) vcpu.trace.haltPollNs(direction, polling.ns, before);
  }
}
