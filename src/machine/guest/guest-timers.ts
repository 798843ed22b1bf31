import { NEVER } from '../../simulation/agenda.ts';
import type { Nanoseconds } from '../../time.ts';

/**
 * hrtimers of one guest CPU, each with a soft expiry (its interrupt may run it from then on) and a hard one (what the
 * hardware is programmed for). Slot 0 is the tick; the others are the sleeping threads.
 */
export class GuestTimers {
  private readonly soft: Float64Array;
  private readonly hard: Float64Array;

  constructor(slots: number) {
    this.soft = new Float64Array(slots).fill(NEVER);
    this.hard = new Float64Array(slots).fill(NEVER);
  }

  start(slot: number, soft: Nanoseconds, slack: Nanoseconds): void {
    this.soft[slot] = soft;
    this.hard[slot] = soft + slack;
  }

  cancel(slot: number): void {
    this.soft[slot] = NEVER;
    this.hard[slot] = NEVER;
  }

  expiryOf(slot: number): Nanoseconds {
    return this.hard[slot];
  }

  isActive(slot: number): boolean {
    return this.soft[slot] !== NEVER;
  }

  /** Earliest hard expiry. */
  next(): Nanoseconds {
    const { hard } = this;
    let next = hard[0];
    for (let slot = 1; slot < hard.length; slot++) if (hard[slot] < next) next = hard[slot];
    return next;
  }

  /** Earliest hard expiry but for one slot. */
  nextExcept(except: number): Nanoseconds {
    let next = NEVER;
    for (let slot = 0; slot < this.hard.length; slot++) {
      if (slot !== except && this.hard[slot] < next) next = this.hard[slot];
    }
    return next;
  }

  /** The slot that __hrtimer_run_queues runs next: earliest hard expiry among those whose soft one has come; -1. */
  expired(now: Nanoseconds): number {
    let found = -1;
    for (let slot = 0; slot < this.soft.length; slot++) {
      if (this.soft[slot] > now) continue;
      if (found === -1 || this.hard[slot] < this.hard[found]) found = slot;
    }
    return found;
  }
}
