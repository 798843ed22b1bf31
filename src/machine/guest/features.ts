import { type Features, resolveFeatures, row, since } from '../kvm/features/feature-row.ts';
import type { KernelVersion } from '../kvm/versions.ts';

/** Behaviours of the Linux guest that depend on its release. */
export const GUEST_FEATURE_TABLE = {
  /**
   * idle=poll restarts the tick before polling, so it never stops; before, NO_HZ could stop it. `do_idle`;
   * 4.17.
   */
  idlePollRestartsTick: since('4.17', 'idle=poll keeps the tick'),
  /**
   * No event left to program (NO_HZ full): nothing; LVTT masked and TMICT = 0 (4.12); LVTT masked and
   * deadline 0 (6.12). `lapic_timer_shutdown` as `set_state_oneshot_stopped`.
   */
  oneshotStopped: row<'nothing' | 'mask-and-tmict' | 'mask-and-deadline-zero'>(
    'clock event without a next event',
    ['4.4', 'nothing'],
    ['4.12', 'mask-and-tmict'],
    ['6.12', 'mask-and-deadline-zero'],
  ),
  /**
   * PREEMPT_RT: sleeps that expire in the hard interrupt, all by the patch's `irqsafe` mark, or those of real-time
   * threads. `hrtimer_init_sleeper`; 5.4.
   */
  rtHardSleepers: row<'all' | 'real-time'>(
    'sleeps that expire in hard irq (RT)',
    ['4.4', 'all'],
    ['5.4', 'real-time'],
  ),
  /** PREEMPT_RT: the tick expires in the hard interrupt by mode. 5.4. */
  tickHard: since('5.4', 'tick is a HARD hrtimer (RT)'),
  /** Vector of the guest's LAPIC timer: the number in the host's kvm_inj_virq lines. */
  localTimerVector: row<number>('local timer vector', ['4.4', 239], ['4.15', 238], ['5.0', 236]),
} as const;

export type GuestFeatures = Features<typeof GUEST_FEATURE_TABLE>;

const resolved = new Map<KernelVersion, GuestFeatures>();

/** What a Linux guest of this release does. */
export function guestFeatures(version: KernelVersion): GuestFeatures {
  const known = resolved.get(version) ?? resolveFeatures(GUEST_FEATURE_TABLE, version);
  resolved.set(version, known);
  return known;
}
