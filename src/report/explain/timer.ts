import type { StageName } from '../../machine/costs/stages.ts';
import type { Breakdown } from './breakdown.ts';

/** Stages that only one timer leaves on the way from the deadline to the thread. */
const MARKS: readonly (readonly [stage: StageName, timer: string])[] = [
  ['kvm.expired_hv_timer', 'the VMX preemption timer'],
  ['host.apic_timer_fn', 'a host hrtimer'],
  ['guest.native_eoi', 'the LAPIC itself'],
];

/** KVM may look whether it has to wait without having set any timer ahead, but waits only for one that it did. */
const WAITED: StageName = 'kvm.wait_lapic_expire';
const LOOKED: StageName = 'kvm.wait_lapic_expire_exit';
const AHEAD = 'one that KVM sets ahead of the deadline';

/** Only a vCPU that slept is woken. */
const WOKEN: StageName = 'host.wakeup';
const WHY_HRTIMER = ' (the vCPU sleeps, and the preemption timer counts only while a guest runs)';

/** Which timer fired, as the stages show: whether `enable_hv_timer` was of use. Null when no timer fired. */
export function timerOf({ stages }: Breakdown): string | null {
  const present = new Set(stages.map(({ stage }) => stage));
  const timers: string[] = MARKS.filter(([stage]) => present.has(stage)).map(([, timer]) => timer);
  if (present.has(WAITED) || (timers.length === 0 && present.has(LOOKED))) timers.push(AHEAD);
  return timers.length === 0 ? null : timers.join(' or ') + (present.has(WOKEN) ? WHY_HRTIMER : '');
}
