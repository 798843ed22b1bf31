import { NEVER } from '../../simulation/agenda.ts';
import { RandomStream } from '../../simulation/random.ts';
import type { Cycles, Nanoseconds } from '../../time.ts';
import { Stage } from '../costs/stages.ts';
import { HostTimer } from '../host/host-timers.ts';
import { Source } from '../pcpu.ts';
import type { VcpuState } from './vcpu-state.ts';

/**
 * Posted timer interrupts (5.3+, pi_inject_timer): the hrtimer lives on a housekeeping CPU, whose interrupt posts the
 * vector and notifies the vCPU's CPU, so that the guest is not made to exit. The housekeeping CPU is a clock that is
 * busy for a share of the time; its stages pass while the guest waits.
 */
export class PostedTimer {
  private readonly busy: RandomStream;
  private expires: Nanoseconds = 0;

  constructor(private readonly vcpu: VcpuState) {
    this.busy = new RandomStream(vcpu.config.seed, 'housekeeping');
  }

  /**
   * switch_hrtimer_base: without timer migration every timer stays where it is started. So does one that would be the
   * first to expire on the housekeeping CPU, whose clock event cannot be reprogrammed from here.
   */
  accepts(expires: Nanoseconds, now: Nanoseconds): boolean {
    const { hz, timerMigration } = this.vcpu.config.host;
    if (!timerMigration) return false;
    const tick = 1_000_000_000 / hz;
    const nextTick = (Math.floor(now / tick) + 1) * tick;
    return expires >= nextTick;
  }

  start(expires: Nanoseconds): void {
    const { pcpu, host } = this.vcpu;
    pcpu.spend(Stage['host.hrtimer_start']);
    host.timers.traceRemoteStart(expires);
    pcpu.spend(Stage['host.hrtimer_start_exit']);
    this.queue(expires);
  }

  private queue(expires: Nanoseconds): void {
    const { pcpu, host } = this.vcpu;
    this.expires = expires;
    pcpu.agenda.schedule(Source.postedInterrupt, Math.max(pcpu.now, host.timers.clock.tscAt(expires)));
  }

  cancel(): void {
    if (this.vcpu.pcpu.agenda.timeOf(Source.postedInterrupt) === Number.POSITIVE_INFINITY) return;
    this.vcpu.host.timers.traceCancel(HostTimer.lapic);
    this.vcpu.pcpu.spend(Stage['host.hrtimer_cancel']);
    this.vcpu.pcpu.agenda.cancel(Source.postedInterrupt);
  }

  /** The housekeeping CPU's interrupt, while the guest runs: posting, notification, no exit. */
  arriveInGuest(): void {
    const { pcpu } = this.vcpu;
    this.housekeeping();
    pcpu.spend(Stage['hardware.ipi']);
    pcpu.spend(Stage['hardware.posted_processing']);
  }

  /** The same while the vCPU is not in the guest: pending, and a kick. */
  readonly arriveInHost = (): void => {
    this.housekeeping();
    this.vcpu.pcpu.spend(Stage['hardware.ipi']);
  };

  /** Stages and events of the other CPU, whose idle thread it interrupts. */
  private housekeeping(): void {
    const { pcpu, config, host } = this.vcpu;
    pcpu.execution.goElsewhere(config.vcpus.length);
    pcpu.spend(Stage['hardware.interrupt_delivery']);
    const busyCycles = this.busyFor(config.host.housekeepingLoad);
    if (busyCycles > 0) pcpu.passTo(Stage['host.housekeeping'], pcpu.now + busyCycles);
    pcpu.spend(Stage['host.irq_entry']);
    host.traceLocalTimer('local_timer_entry');
    pcpu.spend(Stage['host.hrtimer_interrupt']);
    host.timers.runRemote(this.expires, this.onApicTimer);
    host.traceLocalTimer('local_timer_exit');
    pcpu.execution.comeBack();
  }

  private readonly onApicTimer = (): void => {
    this.vcpu.pcpu.spend(Stage['host.apic_timer_fn']);
    const next = this.vcpu.timer.hrtimerExpired();
    if (next !== NEVER) this.queue(next);
  };

  /** With probability `load` the CPU has interrupts off for up to 5 µs more. */
  private busyFor(load: number): Cycles {
    if (this.busy.below(1000) >= load * 1000) return 0;
    return this.busy.below(Math.floor((this.vcpu.config.host.tscKhz * 5) / 1000));
  }
}
