import { NEVER } from '../../simulation/agenda.ts';
import type { Cycles, Nanoseconds } from '../../time.ts';
import { NS_PER_SECOND } from '../../time.ts';
import type { HostConfig, VcpuConfig } from '../config.ts';
import { Stage } from '../costs/stages.ts';
import type { KernelFeatures } from '../kvm/features.ts';
import { type Pcpu, Source } from '../pcpu.ts';
import { HostTimer, HostTimers } from './host-timers.ts';
import { type NoiseArrivals, noiseArrivals } from './noise.ts';

/** hrtimer_interrupt gives up reprogramming after three passes and sets the clock event a little ahead. */
const MAX_INTERRUPT_PASSES = 3;

/** What the host kernel does on the pCPU of a vCPU: timer interrupts, the tick, softirqs. */
export class HostKernel {
  readonly timers: HostTimers;
  /** Set by KVM: the callback of the LAPIC hrtimer (apic_timer_fn). */
  apicTimerFn: () => void = () => {};
  /** Set by KVM: a posted timer's notification found the vCPU outside the guest. */
  postedArrived: () => void = () => {};
  /** KVM's hrtimer is served by the softirq thread (PREEMPT_RT without a hard-irq timer). */
  lapicInSoftirq = false;
  private readonly tickPeriodNs: Nanoseconds;
  private readonly tickOffsetNs: Nanoseconds;
  private readonly rcu: NoiseArrivals | null;
  private rcuDue: Cycles = NEVER;
  private readonly ipi: NoiseArrivals | null;
  private softirqPending = false;
  private resched = false;
  private irqsWereOff = false;

  constructor(
    readonly pcpu: Pcpu,
    config: HostConfig,
    readonly vcpu: VcpuConfig,
    seed: string,
    lapicMode: string,
    readonly features: Pick<KernelFeatures, 'localTimerVector' | 'tickMode' | 'idleKeepsTickForShortSleeps'>,
  ) {
    const { tscKhz, noise } = config;
    this.timers = new HostTimers(pcpu, tscKhz, lapicMode, features.tickMode, uptimeNs(config.hz));
    this.rcu = noiseArrivals(noise.rcu, tscKhz, seed, 'rcu');
    if (this.rcu !== null) this.rcuDue = this.rcu.next(0);
    this.ipi = noiseArrivals(noise.ipi, tscKhz, seed, 'ipi');
    if (this.ipi !== null) pcpu.agenda.schedule(Source.ipi, this.ipi.next(0));
    this.tickPeriodNs = vcpu.tickHz === 0 ? NEVER : NS_PER_SECOND / vcpu.tickHz;
    this.tickOffsetNs = config.skewTick ? Math.floor(this.tickPeriodNs / 4) : 0;
    this.timers.forward(HostTimer.tick, this.nextTick());
    this.timers.resync();
  }

  /** Set by the scheduler: a thread other than the vCPU's should run. */
  get needResched(): boolean {
    return this.resched;
  }

  set needResched(should: boolean) {
    this.resched = should;
    this.pcpu.execution.needResched = should;
  }

  /** Interrupts are enabled: serves everything that is due. */
  serveInterrupts(): void {
    const { pcpu } = this;
    while (pcpu.agenda.earliest <= pcpu.now && this.serveOne(pcpu.agenda.source));
  }

  /** The interrupt of a source, from entry to return; false when it is none that the host kernel takes. */
  private serveOne(source: number): boolean {
    switch (source) {
      case Source.hostTimer:
        this.timerInterrupt();
        return true;
      case Source.ipi:
        this.pcpu.agenda.schedule(Source.ipi, this.ipi!.next(this.pcpu.now));
        this.interrupt(this.onIpi);
        return true;
      case Source.postedInterrupt:
        this.pcpu.agenda.cancel(Source.postedInterrupt);
        this.interrupt(this.postedArrived);
        return true;
      case Source.kworker:
      case Source.competitor:
      case Source.migration:
        return this.wakeOthers(source);
      default:
        return false;
    }
  }

  /** Set by the scheduler: a thread has become runnable, or the vCPU is to move. */
  wakeOthers: (source: number) => boolean = () => false;

  interrupt(handler: () => void): void {
    this.irqEnter();
    this.pcpu.spend(Stage['host.irq_entry']);
    handler();
    this.irqExit();
  }

  /** The local timer interrupt (sysvec_apic_timer_interrupt, hrtimer_interrupt). */
  timerInterrupt(): void {
    const { pcpu, timers } = this;
    pcpu.agenda.cancel(Source.hostTimer);
    this.irqEnter();
    pcpu.spend(Stage['host.irq_entry']);
    this.traceLocalTimer('local_timer_entry');
    let programmed = false;
    for (let pass = 0; !programmed; pass++) {
      pcpu.spend(Stage['host.hrtimer_interrupt']);
      this.runExpiredTimers(timers.read());
      programmed = timers.programNext();
      if (!programmed && pass === MAX_INTERRUPT_PASSES) {
        timers.resync();
        programmed = true;
      }
    }
    this.traceLocalTimer('local_timer_exit');
    this.irqExit();
  }

  traceLocalTimer(point: 'local_timer_entry' | 'local_timer_exit'): void {
    const { observer, now } = this.pcpu;
    observer?.event(now, point, { vector: this.features.localTimerVector });
  }

  private runExpiredTimers(now: Nanoseconds): void {
    for (let timer = this.timers.expired(now); timer !== -1; timer = this.timers.expired(now)) {
      if (timer === HostTimer.lapic) this.timers.runExpired(timer, now, this.onApicTimer);
      else this.timers.runExpired(timer, now, this.onTick);
    }
  }

  private readonly onIpi = (): void => {
    this.pcpu.passTo(Stage['host.ipi'], this.pcpu.now + this.ipi!.duration());
  };

  private readonly onApicTimer = (): void => {
    this.pcpu.spend(Stage['host.apic_timer_fn']);
    if (this.lapicInSoftirq) this.pcpu.spend(Stage['host.softirqd_hop']);
    this.apicTimerFn();
  };

  /** tick_sched_timer: timekeeping, update_process_times, scheduler_tick; then forwarded by whole periods. */
  private readonly onTick = (): void => {
    this.pcpu.spend(Stage['host.tick']);
    this.softirqPending = true;
    this.timers.forward(HostTimer.tick, this.nextTick());
  };

  private irqEnter(): void {
    const { execution } = this.pcpu;
    this.irqsWereOff = execution.irqsOff;
    execution.irqsOff = true;
    execution.hardirq = true;
  }

  private irqExit(): void {
    this.pcpu.execution.hardirq = false;
    this.pcpu.execution.irqsOff = this.irqsWereOff;
    this.pcpu.spend(Stage['host.irq_exit']);
    if (this.vcpu.nohzFull) this.pcpu.spend(Stage['host.nohz_full_irq_exit']);
    if (this.softirqPending) {
      this.softirqPending = false;
      this.pcpu.spend(Stage['host.softirq']);
    }
    if (this.rcuDue <= this.pcpu.now) {
      this.pcpu.passTo(Stage['host.rcu'], this.pcpu.now + this.rcu!.duration());
      this.rcuDue = this.rcu!.next(this.pcpu.now);
    }
  }

  /** The idle loop stops the tick (NO_HZ idle), the idle exit restarts it on its grid. */
  stopTick(): void {
    const { timers } = this;
    const sleepNs = timers.expiryOf(HostTimer.lapic) - timers.read();
    if (this.features.idleKeepsTickForShortSleeps && sleepNs <= this.tickPeriodNs) return;
    timers.restart(HostTimer.tick, NEVER);
  }

  restartTick(): void {
    if (!this.timers.isActive(HostTimer.tick)) this.timers.restart(HostTimer.tick, this.nextTick());
  }

  private nextTick(): Nanoseconds {
    const { tickPeriodNs, tickOffsetNs } = this;
    if (tickPeriodNs === NEVER) return NEVER;
    const periods = Math.floor((this.timers.read() - tickOffsetNs) / tickPeriodNs) + 1;
    return periods * tickPeriodNs + tickOffsetNs;
  }
}

/**
 * Host and guest did not boot together: the host's clock starts a good third of a tick ahead, so that no tick of one
 * falls on a tick of the other. Which part of a tick it is on a real host is chance; here it is always the same.
 */
function uptimeNs(hz: number): Nanoseconds {
  return NS_PER_SECOND + Math.round((0.382 * NS_PER_SECOND) / hz);
}
