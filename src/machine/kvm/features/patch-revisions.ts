import type { KernelFeatures } from '../features.ts';
import type { PatchRevision } from '../versions.ts';

/** The commit that applied v4; what its bugs were until 4.8 was released. */
const asApplied: Partial<KernelFeatures> = {
  hvTimer: 'deadline-only',
  hvTimerStateTrace: 'success-only',
  hvFailureLeavesTimerArmed: true,
  waitCapped: false,
};

/**
 * v3: no set_hv_timer on vcpu_load, the in-use flag decides at entry, failure is -1, 32-bit hosts not
 * excluded.
 */
const thirdPosting: Partial<KernelFeatures> = {
  ...asApplied,
  vcpuLoadRestart: 'none',
  hvArmCondition: 'hv_timer_in_use',
  hvRangeCheck: 'minus-one',
  hvNeeds64Bit: false,
};

/**
 * v2: switches at sched_out and sched_in, converts and sets the pin control at each entry, ignores errata,
 * TSC scaling and the 32-bit limit.
 */
const secondPosting: Partial<KernelFeatures> = {
  ...thirdPosting,
  hvSwitchAt: 'sched-out',
  hvDeadlineConvertedAt: 'entry',
  pinControl: 'toggle-at-entry',
  hvErrataChecked: false,
  hvTscScaling: false,
  hvRangeCheck: 'none',
};

/**
 * What each posting of the series did differently from the release that it became, as far as the change
 * logs of its cover letters tell.
 */
export const patchRevisionFeatures: Readonly<Record<PatchRevision, Partial<KernelFeatures>>> = {
  v1: { ...secondPosting, hvExpiryChecksPerEntry: 2 },
  v2: secondPosting,
  v3: thirdPosting,
  v4: asApplied,
};
