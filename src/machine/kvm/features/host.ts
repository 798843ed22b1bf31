import { row, since } from './feature-row.ts';

/** Behaviours of the Linux host outside KVM that a guest's timer meets. */
export const hostFeatures = {
  /**
   * Ticks per second that remain on a nohz_full CPU with one task: 1, or 0 by the remote tick.
   * `sched_tick_remote`; 4.17.
   */
  nohzFullTickHz: row<number>('tick left under nohz_full (Hz)', ['4.4', 1], ['4.17', 0]),
  /**
   * The idle loop keeps the tick when the next timer is nearer than a tick period; before, it was always
   * stopped. `cpuidle_idle_call`, menu governor; 4.17.
   */
  idleKeepsTickForShortSleeps: since('4.17', 'short sleeps keep the tick'),
} as const;
