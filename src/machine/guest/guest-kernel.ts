import { NEVER } from '../../simulation/agenda.ts';
import { type Nanoseconds, NS_PER_SECOND } from '../../time.ts';
import type { GuestConfig } from '../config.ts';
import { Stage } from '../costs/stages.ts';
import { KernelClock } from '../linux/clock.ts';
import { ClockEventDevice } from '../linux/clock-event-device.ts';
import type { GuestCpu, GuestSoftware } from './guest-cpu.ts';
import { GuestNoise } from './guest-noise.ts';
import { GuestTimers } from './guest-timers.ts';
import { NativeTracepoints } from './native-tracepoints.ts';

const TICK = 0;
const MAX_INTERRUPT_PASSES = 3;
/** LVTT: TSC-deadline mode. */
const LVTT_TSCDEADLINE = 2 << 17;
const LVT_MASKED = 1 << 16;

/** A thread of the guest, as its kernel sees it. */
export interface GuestThread {
  /** SCHED_FIFO priority, 0 for SCHED_OTHER. */
  readonly priority: number;
  runnable: boolean;
  /** From being switched in to sleeping again. */
  run(): void;
}

/**
 * Linux in the guest, on one vCPU: hrtimers over the LAPIC's TSC-deadline clock event, the tick, the idle loop and a
 * scheduler for real-time threads (kernel/time/hrtimer.c, tick-sched.c, kernel/sched/idle.c).
 */
export class GuestKernel implements GuestSoftware {
  readonly clock: KernelClock;
  readonly timers: GuestTimers;
  private readonly device: ClockEventDevice;
  private readonly noise: GuestNoise;
  private readonly threads: GuestThread[] = [];
  private readonly tickPeriodNs: Nanoseconds;
  private readonly tickOffsetNs: Nanoseconds;
  /** expires_next: what the clock event is programmed for. */
  private programmed: Nanoseconds = NEVER;
  private current: GuestThread | null = null;
  private tickStopped = false;
  private shutDown = false;
  /** On bare metal this kernel is the one that is traced. */
  private readonly native: NativeTracepoints | null;

  constructor(
    readonly cpu: GuestCpu,
    private readonly config: GuestConfig,
    seed: string,
    maxThreads: number,
    cpuIndex: number,
    cpuCount: number,
  ) {
    this.clock = new KernelClock(config.tscKhz, config.ntpPpm, 0, cpu.readTsc());
    this.device = new ClockEventDevice(config.tscKhz);
    this.timers = new GuestTimers(1 + maxThreads);
    this.noise = new GuestNoise(cpu, config, seed);
    this.tickPeriodNs = NS_PER_SECOND / config.hz;
    const skew = Math.floor((this.tickPeriodNs / 2 / cpuCount) * cpuIndex);
    this.tickOffsetNs = config.skewTick ? skew : 0;
    this.native = cpu.isNative ? new NativeTracepoints(cpu.pcpu, config.features.localTimerVector) : null;
    cpu.software = this;
  }

  /** Brings the CPU up: timer interrupt unmasked, tick running. */
  boot(): void {
    this.cpu.writeLvtt(LVTT_TSCDEADLINE | this.config.features.localTimerVector);
    if (this.config.nohz !== 'full') this.startTick();
    this.programForced(this.timers.next());
    this.cpu.enableInterrupts();
  }

  /** Adds a thread; its timer slot. */
  addThread(thread: GuestThread): number {
    this.threads.push(thread);
    this.native?.addThread(thread.priority);
    return this.threads.length;
  }

  read(): Nanoseconds {
    return this.clock.read(this.cpu.readTsc());
  }

  // --- the CPU's life --------------------------------------------------------------------------------------------

  /** schedule(): runs the highest runnable thread until it sleeps, or idles until something has happened. */
  step(): void {
    const next = this.highestRunnable();
    if (next === null) this.idle();
    else this.switchTo(next);
  }

  private highestRunnable(): GuestThread | null {
    let highest: GuestThread | null = null;
    for (let index = 0; index < this.threads.length; index++) {
      const thread = this.threads[index];
      if (thread.runnable && (highest === null || thread.priority > highest.priority)) highest = thread;
    }
    return highest;
  }

  private switchTo(thread: GuestThread): void {
    const preempted = this.current;
    if (preempted === null) this.idleExit();
    if (this.config.busy) this.cpu.run(Stage['guest.preempt_user']);
    this.cpu.run(Stage['guest.sched_switch']);
    this.native?.switchTo(this.threads.indexOf(thread) + 1);
    this.current = thread;
    thread.run();
    this.current = preempted;
  }

  /** do_idle: cpu_idle_poll, or the idle instruction. A busy guest runs its other thread instead. */
  private idle(): void {
    const { cpu, config } = this;
    this.native?.switchToIdle();
    if (config.busy) {
      cpu.spin(Stage['guest.busy']);
      return;
    }
    this.maybeStopTick();
    cpu.disableInterrupts();
    if (this.highestRunnable() !== null) cpu.enableInterrupts();
    else if (config.idle === 'poll') {
      cpu.enableInterrupts();
      if (this.highestRunnable() === null) cpu.spin(Stage['guest.idle']);
    } else if (config.idle === 'hlt') cpu.halt();
    else cpu.mwait();
  }

  /** tick_nohz_idle_stop_tick: only when nothing is due before the next tick but one. */
  private maybeStopTick(): void {
    const { config, timers } = this;
    if (config.nohz === 'off' || this.tickStopped || !timers.isActive(TICK)) return;
    if (config.idle === 'poll' && config.features.idlePollRestartsTick) return;
    if (timers.nextExcept(TICK) - this.read() <= this.tickPeriodNs) return;
    this.tickStopped = true;
    this.cpu.disableInterrupts();
    timers.cancel(TICK);
    this.native?.hrtimerCancel(TICK);
    this.cpu.run(Stage['guest.reprogram']);
    this.programForced(timers.next());
    this.cpu.enableInterrupts();
  }

  /** tick_nohz_idle_exit: the tick runs again before the thread does. */
  private idleExit(): void {
    if (!this.tickStopped) return;
    this.tickStopped = false;
    this.cpu.disableInterrupts();
    this.cpu.run(Stage['guest.nohz_restart']);
    this.startTick();
    this.native?.hrtimerStart(TICK, this.timers.expiryOf(TICK), this.timers.expiryOf(TICK));
    this.reprogramIfEarliest();
    this.cpu.enableInterrupts();
  }

  private startTick(): void {
    const periods = Math.floor((this.read() - this.tickOffsetNs) / this.tickPeriodNs) + 1;
    this.timers.start(TICK, periods * this.tickPeriodNs + this.tickOffsetNs, 0);
  }

  // --- sleeping --------------------------------------------------------------------------------------------------

  /** hrtimer_nanosleep to an absolute time: queue, program the clock event if it is the earliest, schedule away. */
  sleepUntil(slot: number, expires: Nanoseconds, slack: Nanoseconds): void {
    const { cpu } = this;
    cpu.run(Stage['guest.nanosleep']);
    cpu.disableInterrupts();
    cpu.run(Stage['guest.hrtimer_start']);
    this.timers.start(slot, expires, slack);
    this.native?.hrtimerStart(slot, expires, expires + slack);
    this.reprogramIfEarliest();
    cpu.enableInterrupts();
    cpu.run(Stage['guest.schedule']);
  }

  private reprogramIfEarliest(): void {
    const next = this.timers.next();
    if (next >= this.programmed) return;
    this.cpu.run(Stage['guest.reprogram']);
    this.programForced(next);
  }

  /** tick_program_event with force: an expiry that has passed is set to the device's minimum. */
  private programForced(expires: Nanoseconds): void {
    this.programmed = expires;
    if (expires === NEVER) {
      this.stopClockEvent();
      return;
    }
    this.resumeClockEvent();
    const delta = expires - this.read();
    this.cpu.run(Stage['guest.program_deadline']);
    this.cpu.writeTscDeadline(this.cpu.readTsc() + this.device.deadlineDelta(delta));
  }

  /** Nothing left to program (ONESHOT_STOPPED): 4.12+ shuts the LAPIC timer down, and pays for it on the way back. */
  private stopClockEvent(): void {
    const how = this.config.features.oneshotStopped;
    if (how === 'nothing' || this.shutDown) return;
    this.shutDown = true;
    this.cpu.writeLvtt(LVTT_TSCDEADLINE | LVT_MASKED | this.config.features.localTimerVector);
    if (how === 'mask-and-tmict') this.cpu.writeTmict(0);
    else this.cpu.writeTscDeadline(0);
  }

  private resumeClockEvent(): void {
    if (!this.shutDown) return;
    this.shutDown = false;
    this.cpu.writeLvtt(LVTT_TSCDEADLINE | this.config.features.localTimerVector);
  }

  // --- the timer interrupt ---------------------------------------------------------------------------------------

  /** smp_apic_timer_interrupt: EOI first, then the hrtimers, then what the interrupt's end brings. */
  interrupt(): void {
    const { cpu } = this;
    cpu.run(Stage['guest.irq_entry']);
    cpu.endOfInterrupt();
    this.native?.interruptEntry();
    this.hrtimerInterrupt();
    this.native?.interruptExit();
    cpu.run(Stage['guest.irq_exit']);
    this.noise.afterInterrupt();
    this.preempt();
  }

  /** hrtimer_interrupt: run what has expired, program what comes next; a deadline that passed meanwhile, again. */
  private hrtimerInterrupt(): void {
    const { cpu, timers } = this;
    for (let pass = 0; ; pass++) {
      cpu.run(Stage['guest.hrtimer_interrupt']);
      const now = this.read();
      for (let slot = timers.expired(now); slot !== -1; slot = timers.expired(now)) this.expire(slot, now);
      cpu.run(Stage['guest.next_event']);
      const next = timers.next();
      if (next > this.read() || pass === MAX_INTERRUPT_PASSES) {
        this.programForced(next);
        return;
      }
    }
  }

  private expire(slot: number, now: Nanoseconds): void {
    const { cpu, timers, native } = this;
    timers.cancel(slot);
    cpu.run(Stage['guest.run_hrtimer']);
    native?.expireEntry(slot, now);
    if (slot === TICK) {
      cpu.run(Stage['guest.tick']);
      this.startTick();
      this.noise.tick();
      native?.expireExit(slot);
      native?.hrtimerStart(TICK, timers.expiryOf(TICK), timers.expiryOf(TICK));
    } else {
      const thread = this.threads[slot - 1];
      if (this.expiresInSoftirq(thread)) cpu.run(Stage['guest.softirqd_hop']);
      cpu.run(Stage['guest.wakeup']);
      thread.runnable = true;
      native?.wakeup(slot);
      native?.expireExit(slot);
    }
  }

  /** PREEMPT_RT leaves to a softirq thread what need not expire in the hard interrupt. */
  private expiresInSoftirq({ priority }: GuestThread): boolean {
    const { preempt, features } = this.config;
    return preempt === 'rt' && features.rtHardSleepers === 'real-time' && priority === 0;
  }

  /** Preemption on return from the interrupt: a higher thread runs on top of the one that was interrupted. */
  private preempt(): void {
    if (this.current === null) return;
    const next = this.highestRunnable();
    if (next === null || next.priority <= this.current.priority) return;
    this.switchTo(next);
  }
}
