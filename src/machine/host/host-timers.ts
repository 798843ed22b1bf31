import { NEVER } from '../../simulation/agenda.ts';
import type { Nanoseconds } from '../../time.ts';
import { Stage } from '../costs/stages.ts';
import { KernelClock } from '../linux/clock.ts';
import { ClockEventDevice } from '../linux/clock-event-device.ts';
import { type Pcpu, Source } from '../pcpu.ts';

/** The hrtimers that matter on the pCPU of a vCPU: KVM's LAPIC timer and the tick. */
export const HostTimer = { lapic: 0, tick: 1 } as const;
export type HostTimer = (typeof HostTimer)[keyof typeof HostTimer];
const TIMER_NAMES = ['apic_timer_fn [kvm]', 'tick_sched_timer'] as const;

/**
 * hrtimers of the host kernel on one CPU and the clock event device behind them (kernel/time/hrtimer.c,
 * clockevents.c). At most one expiry is programmed into the hardware: the earliest.
 */
export class HostTimers {
  readonly clock: KernelClock;
  private readonly device: ClockEventDevice;
  private readonly expires = Float64Array.of(NEVER, NEVER);
  /** expires_next of the CPU base: what the hardware is programmed for. */
  private programmed: Nanoseconds = NEVER;

  constructor(
    private readonly pcpu: Pcpu,
    tscKhz: number,
    /** "ABS|PINNED", "ABS" or "ABS|HARD"; the same of the tick: shown by the tracepoint only. */
    private readonly lapicMode: string,
    private readonly tickMode: string,
    /** How long the host has been up when the guest starts. */
    uptimeNs: Nanoseconds = 0,
  ) {
    this.clock = new KernelClock(tscKhz, 0, uptimeNs);
    this.device = new ClockEventDevice(tscKhz);
  }

  /** ktime_get() now. */
  read(): Nanoseconds {
    return this.clock.read(this.pcpu.now);
  }

  expiryOf(timer: HostTimer): Nanoseconds {
    return this.expires[timer];
  }

  isActive(timer: HostTimer): boolean {
    return this.expires[timer] !== NEVER;
  }

  /** hrtimer_start_range_ns: queues the timer and programs the hardware when it has become the earliest. */
  start(timer: HostTimer, expires: Nanoseconds): void {
    this.pcpu.spend(Stage['host.hrtimer_start']);
    this.traceStart(timer, expires, this.mode(timer));
    this.expires[timer] = expires;
    if (expires < this.programmed) {
      this.pcpu.spend(Stage['host.hrtimer_reprogram']);
      this.program(expires);
    }
    this.pcpu.spend(Stage['host.hrtimer_start_exit']);
  }

  /** hrtimer_cancel: removing the earliest timer programs the hardware for the one that is left. */
  cancel(timer: HostTimer): void {
    if (!this.isActive(timer)) return;
    this.traceCancel(timer);
    const wasProgrammed = this.expires[timer] === this.programmed;
    this.expires[timer] = NEVER;
    this.pcpu.spend(Stage['host.hrtimer_cancel']);
    if (!wasProgrammed) return;
    this.pcpu.spend(Stage['host.hrtimer_force_reprogram']);
    this.program(this.nextExpiry());
  }

  /** Moves a timer without the cost of a call: from inside its own callback, which asks for a restart. */
  forward(timer: HostTimer, expires: Nanoseconds): void {
    this.expires[timer] = expires;
  }

  /** tick_nohz_restart, tick_nohz_stop_tick: the idle loop takes the tick out of the queue and puts it back. */
  restart(timer: HostTimer, expires: Nanoseconds): void {
    if (this.pcpu.observer !== null && this.isActive(timer) !== (expires !== NEVER)) {
      if (expires === NEVER) this.traceCancel(timer);
      else this.traceStart(timer, expires, this.mode(timer));
    }
    this.expires[timer] = expires;
  }

  /** The timer that hrtimer_interrupt runs next at clock reading `now`, earliest expiry first; -1 for none. */
  expired(now: Nanoseconds): HostTimer | -1 {
    const [lapic, tick] = this.expires;
    if (lapic <= now && lapic < tick) return HostTimer.lapic;
    return tick <= now ? HostTimer.tick : -1;
  }

  /** __run_hrtimer: dequeued before its callback runs. */
  runExpired(timer: HostTimer, now: Nanoseconds, callback: () => void): void {
    this.expires[timer] = NEVER;
    const name = TIMER_NAMES[timer];
    this.pcpu.spend(Stage['host.run_hrtimer']);
    this.pcpu.observer?.event(this.pcpu.now, 'hrtimer_expire_entry', {
      hrtimer: this.id(timer),
      function: name,
      now,
    });
    callback();
    if (this.pcpu.observer === null) return;
    this.pcpu.observer.event(this.pcpu.now, 'hrtimer_expire_exit', {
      hrtimer: this.id(timer),
      function: name,
    });
    if (this.isActive(timer)) this.traceStart(timer, this.expires[timer], 'ABS', false);
  }

  /** The LAPIC's timer is queued on another CPU. */
  traceRemoteStart(expires: Nanoseconds): void {
    this.traceStart(HostTimer.lapic, expires, this.lapicMode);
  }

  /** __run_hrtimer on another CPU, of a LAPIC timer that expires at `expires`. */
  runRemote(expires: Nanoseconds, callback: () => void): void {
    this.runExpired(HostTimer.lapic, Math.max(expires, this.read()), callback);
  }

  /** End of hrtimer_interrupt: programs the next event; false (-ETIME) when it has passed already. */
  programNext(): boolean {
    this.pcpu.spend(Stage['host.next_event']);
    const next = this.nextExpiry();
    if (next === NEVER) {
      this.programmed = NEVER;
      this.pcpu.agenda.cancel(Source.hostTimer);
      return true;
    }
    if (next <= this.read()) return false;
    this.program(next);
    return true;
  }

  /** Idle wake-ups and cancelled timers: makes the hardware match the queue at no further cost. */
  resync(): void {
    this.program(this.nextExpiry());
  }

  /** Expiry of the earliest timer. */
  nextExpiry(): Nanoseconds {
    return Math.min(this.expires[0], this.expires[1]);
  }

  private program(expires: Nanoseconds): void {
    this.programmed = expires;
    if (expires === NEVER) {
      this.pcpu.agenda.cancel(Source.hostTimer);
      return;
    }
    const delta = this.device.deadlineDelta(expires - this.read());
    this.pcpu.spend(Stage['host.write_deadline']);
    this.pcpu.agenda.schedule(Source.hostTimer, this.pcpu.now + delta);
  }

  traceCancel(timer: HostTimer): void {
    if (this.pcpu.observer === null) return;
    const fields = { hrtimer: this.id(timer), function: TIMER_NAMES[timer] };
    this.pcpu.observer.event(this.pcpu.now, 'hrtimer_cancel', fields);
  }

  /** Stands for the address of the timer: no two of the machine are the same. */
  private id(timer: HostTimer): number {
    return 2 * this.pcpu.execution.vcpuId + timer;
  }

  private mode(timer: HostTimer): string {
    return timer === HostTimer.lapic ? this.lapicMode : this.tickMode;
  }

  private traceStart(
    timer: HostTimer,
    expires: Nanoseconds,
    mode: string,
    wasArmed = this.isActive(timer),
  ): void {
    if (this.pcpu.observer === null) return;
    const armed = wasArmed ? 1 : 0;
    this.pcpu.observer.event(this.pcpu.now, 'hrtimer_start', {
      hrtimer: this.id(timer),
      function: TIMER_NAMES[timer],
      expires,
      softexpires: expires,
      mode,
      was_armed: armed,
    });
  }
}
