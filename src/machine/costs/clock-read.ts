import type { SourcedValue } from './profile.ts';

/** Stages of the guest that read its clock once. */
export const CLOCK_READERS: ReadonlySet<string> = new Set([
  'guest.hrtimer_interrupt',
  'guest.program_deadline',
  'guest.clock_read',
]);

/** Path lengths were counted with kvm-clock; reading the TSC needs no version check and no scaling of its own. */
export const SAVED_WITHOUT_KVM_CLOCK: SourcedValue = {
  value: 25,
  kind: 'assumed',
  source: '__pvclock_read_cycles and its loop against rdtsc_ordered, in instructions',
};
