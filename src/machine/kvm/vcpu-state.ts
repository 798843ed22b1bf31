import type { Cycles, Nanoseconds } from '../../time.ts';
import type { MachineConfig } from '../config.ts';
import { Stage, type StageId } from '../costs/stages.ts';
import { FRACTION_BITS, GuestTsc } from '../hardware/tsc.ts';
import { HostIdle } from '../host/host-idle.ts';
import type { HostKernel } from '../host/host-kernel.ts';
import type { HostScheduler, PreemptNotifier } from '../host/scheduler.ts';
import { traceWakeup } from '../host/task-switch.ts';
import type { Pcpu } from '../pcpu.ts';
import { VcpuBlock } from './block.ts';
import type { KernelFeatures } from './features.ts';
import { HvTimer } from './hv-timer.ts';
import { InterruptState } from './interrupts.ts';
import { LapicTimer } from './lapic-timer.ts';
import { PostedTimer } from './posted-timer.ts';
import { TimerAdvance } from './timer-advance.ts';
import type { TimerOwner } from './timer-owner.ts';
import { KvmTracepoints } from './tracepoints.ts';
import { waitForDeadline } from './wait-lapic-expire.ts';

/** State of one vCPU, and what its timer, its scheduler and its EOI do to it. */
export class VcpuState implements TimerOwner, PreemptNotifier {
  readonly guestTsc: GuestTsc;
  readonly timer: LapicTimer;
  readonly hv: HvTimer;
  readonly advance: TimerAdvance;
  readonly interrupts = new InterruptState();
  readonly features: KernelFeatures;
  readonly canUseHvTimer: boolean;
  readonly apicvActive: boolean;
  readonly canPostTimerInterrupt: boolean;
  inGuestMode = false;
  /** KVM_REQ_EVENT. */
  eventRequested = false;
  /** KVM_REQ_PENDING_TIMER, KVM_REQ_UNBLOCK: leave the fastpath. */
  timerRequested = false;
  /** What the last entry loaded into the counter of the preemption timer. */
  preemptionTimerValue = 0;
  /** mp_state HALTED. */
  halted = false;
  /** The blocked vCPU thread has been woken. */
  woken = false;
  /** The vCPU thread is off its CPU, waiting to be woken. */
  sleeping = false;
  /** Interrupt-window exiting is on: the next moment with IF=1 exits. */
  irqWindowOpen = false;
  /** The guest may signal EOI in shared memory, and whether it has. */
  pvEoiOffered = false;
  pvEoiDone = false;
  /** A PV-EOI, KVM-clock Linux guest costs KVM more per pass than a bare one. */
  linuxGuest = false;
  /** Lateness of an entry whose tracepoint waits for the next exit (5.3–5.17). */
  deferredWaitDelta: Cycles | null = null;
  readonly trace: KvmTracepoints;
  readonly hostIdle: HostIdle;
  readonly posted: PostedTimer;
  protected readonly block: VcpuBlock;
  protected migrateTimer = false;
  protected reloadHostState = false;

  constructor(
    readonly pcpu: Pcpu,
    readonly host: HostKernel,
    readonly scheduler: HostScheduler,
    readonly config: MachineConfig,
  ) {
    const { kvm, guest, features } = config;
    this.features = features;
    this.trace = new KvmTracepoints(pcpu, features, kvm.vendor);
    const guestKhz = guest.tscScaled ? guest.tscKhz : null;
    this.guestTsc = new GuestTsc(config.host.tscKhz, guestKhz, guest.tscOffset, FRACTION_BITS[kvm.vendor]);
    this.canUseHvTimer = kvm.hvTimerUnusable === null;
    this.apicvActive = kvm.enableApicv;
    this.canPostTimerInterrupt = kvm.postedTimer;
    this.hv = new HvTimer(features, this.guestTsc, kvm.rateShift);
    this.advance = new TimerAdvance(features, kvm.lapicTimerAdvanceNs, this.guestTsc.khz);
    this.timer = new LapicTimer(pcpu, features, this.guestTsc, host.timers, this.hv, this.advance, this, kvm);
    this.hostIdle = new HostIdle(host, config.host);
    this.posted = new PostedTimer(this);
    this.block = new VcpuBlock(this);
    host.apicTimerFn = this.timer.apicTimerFn;
    host.postedArrived = this.posted.arriveInHost;
  }

  startRemoteTimer(expires: Nanoseconds): boolean {
    if (!this.posted.accepts(expires, this.host.timers.read())) return false;
    this.posted.start(expires);
    return true;
  }

  cancelRemoteTimer(): void {
    this.posted.cancel();
  }

  waitForDeadline(): void {
    waitForDeadline(this);
  }

  pendingTimerRaised(_fromHrtimer: boolean): void {
    this.timerRequested = true;
    this.wake();
  }

  /** rcuwait_wake_up, try_to_wake_up: costs something only when the thread sleeps. */
  protected wake(): void {
    if (this.sleeping && !this.woken) {
      const { pcpu } = this;
      pcpu.spend(Stage['host.wakeup']);
      pcpu.execution.needResched = true;
      traceWakeup(pcpu, pcpu.execution.vcpu);
    }
    this.woken = true;
  }

  /** kvm_apic_local_deliver of LVTT: dropped when masked, else accepted (__apic_accept_irq). */
  deliverTimerInterrupt(): void {
    const { registers } = this.timer;
    if (registers.masked || !registers.enabled) return;
    const { interrupts } = this;
    this.trace.acceptIrq(registers.vector, this.apicvActive);
    if (this.apicvActive) interrupts.posted = true;
    else {
      interrupts.requested = true;
      this.eventRequested = true;
    }
    this.wake();
  }

  /** kvm_arch_vcpu_runnable: something waits that the guest can take. */
  get runnable(): boolean {
    return this.interrupts.requested || this.interrupts.posted;
  }

  /** kvm_sched_out. */
  schedOut(): void {
    this.reloadHostState = true;
    if (this.features.hvSwitchAt === 'sched-out') this.timer.switchToSwTimer();
  }

  /** kvm_sched_in, kvm_arch_vcpu_load. */
  schedIn(movedToOtherCpu: boolean): void {
    if (this.features.hvSwitchAt === 'sched-out' && this.features.hvTimer !== 'none')
      this.timer.switchToHvTimer();
    if (!movedToOtherCpu) return;
    this.timer.vcpuLoadElsewhere();
    this.migrateTimer = true;
  }

  /** KVM_REQ_MIGRATE_TIMER: __kvm_migrate_apic_timer. */
  protected migrateApicTimer(): void {
    this.migrateTimer = false;
    if (this.canPostTimerInterrupt) return;
    this.timer.migrateHrtimer();
  }

  /** apic_sync_pv_eoi_from_guest: the guest cleared the shared flag instead of exiting. */
  protected syncPvEoi(): void {
    if (!this.pvEoiDone) return;
    this.pvEoiDone = false;
    this.setEoi(Stage['kvm.pv_eoi_sync']);
    this.trace.pvEoi(this.timer.registers.vector);
  }

  /** apic_set_eoi: the next waiting vector may be injected now. */
  setEoi(stage: StageId): void {
    this.pcpu.spend(stage);
    this.interrupts.inService = false;
    this.trace.eoi(this.timer.registers.vector);
    this.eventRequested = true;
  }

  /** 5.3 to 5.17 print the lateness of an entry after the exit that follows it. */
  protected emitDeferredWait(): void {
    if (this.deferredWaitDelta === null) return;
    this.trace.waitLapicExpire(this.deferredWaitDelta);
    this.deferredWaitDelta = null;
  }
}
