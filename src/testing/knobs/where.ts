import { releaseNumber } from '../../machine/kvm/versions.ts';
import type { ResolvedScenario } from '../../scenario/presets.ts';
import type { Where } from './knob.ts';

type Question = (scenario: ResolvedScenario) => boolean;

/** Asked of the machine before the turn. */
const where = (words: string, holds: Question): Where => ({ words, holds: (before) => holds(before) });

export function both(...parts: readonly Where[]): Where {
  return {
    words: parts.map(({ words }) => words).join(', '),
    holds: (before, after) => parts.every(({ holds }) => holds(before, after)),
  };
}

export const isCyclictest: Question = ({ workload }) => workload.tool === 'cyclictest';
export const isVirtual: Question = ({ virtualization }) => virtualization !== 'bare-metal';

export const guests = where('guests', isVirtual);
export const cyclictest = where('cyclictest', isCyclictest);
/** Which deadlines of a slewed clock need a second interrupt changes with everything that takes time. */
const isSteady: Question = ({ guest }) => guest.ntp_ppm === 0;
const isLinuxGuest: Question = (s) => isCyclictest(s) && isVirtual(s) && isSteady(s);
export const linuxGuests = where('cyclictest in a guest', isLinuxGuest);
export const bareGuests = where('kvm-unit-tests', (s) => !isCyclictest(s) && isVirtual(s));
export const bareMetal = where('bare metal', (s) => !isVirtual(s));
export const tool = (name: string) => where(name, ({ workload }) => workload.tool === name);
export const action = (...names: string[]) =>
  where(
    names.join(', '),
    ({ workload }) => workload.tool === 'lapic_timer' && names.includes(workload.action),
  );

/** The vCPU never leaves the guest to sleep. */
const polls: Question = ({ guest }) => guest.idle === 'poll' || guest.load === 'busy';
const exitsToSleep: Question = ({ guest }) =>
  guest.load === 'none' && guest.idle === 'hlt' && !guest.disable_exits.includes('hlt');
export const pollingGuests = where('guests that poll', (s) => isLinuxGuest(s) && polls(s));
export const haltingGuests = where('guests that halt', (s) => isLinuxGuest(s) && exitsToSleep(s));

export const haltingTest = where(
  'that halts',
  ({ workload }) => workload.tool === 'tscdeadline_latency' && workload.wait === 'hlt',
);
/** Tests that take interrupts, each of which ends by an exit. */
export const bareGuestsWithEoi = where('kvm-unit-tests with interrupts', (s) => {
  if (!isVirtual(s)) return false;
  if (s.workload.tool === 'vmexit') return s.workload.test.startsWith('tscdeadline');
  return s.workload.tool === 'tscdeadline_latency';
});
export const idleGuests = where('idle guests', ({ guest }) => guest.load === 'none');
export const linuxIdle = both(linuxGuests, idleGuests);
export const singleThread = where(
  'one thread in a guest',
  (s) => isLinuxGuest(s) && s.workload.tool === 'cyclictest' && s.workload.threads === 1 && !s.workload.smp,
);

export const oneThread = where(
  'one thread',
  ({ workload }) => workload.tool === 'cyclictest' && workload.threads === 1,
);
export const idleCyclictest = where(
  'cyclictest that idles',
  (s) => isCyclictest(s) && s.guest.load === 'none',
);
export const fairThreads = where(
  'SCHED_OTHER threads',
  ({ workload }) => workload.tool === 'cyclictest' && workload.priority === 0,
);
/** A guest without a tick has none to be faster. */
export const ticking = where('with a tick', ({ guest }) => guest.kernel.nohz !== 'full');
export const migrating = where('with timer migration', ({ host }) => host.kernel.timer_migration);

export const pinnedAlone = where(
  'pinned and alone',
  ({ vcpus }) => vcpus[0].pinned && vcpus[0].pcpu.competitors.length === 0,
);
export const postedGuests = where('posted', (s) => isVirtual(s) && s.host.kvm.pi_inject_timer === 1);

export const alone = where('alone on the pCPU', ({ vcpus }) => vcpus[0].pcpu.competitors.length === 0);
/** What interrupts a deep sleep spares the next timer the way out of it. */
export const lightSleep = where(
  'that do not sleep in C6',
  (s) => s.guest.idle === 'poll' || s.host.cstates === 'c1' || s.host.cstates === 'off' || !exitsToSleep(s),
);
export const absolute = where(
  'absolute sleeps',
  ({ workload }) => workload.tool === 'cyclictest' && !workload.relative,
);
export const noAdvance = where('without advance', ({ host }) => host.kvm.lapic_timer_advance_ns === 0);
/** The series as posted looked neither at the errata nor at the word size, and v1 and v2 not at TSC scaling. */
export const released = where('releases', ({ host }) => host.kvm.patch_revision === null);
export const postings = where(
  'the postings v1 to v3',
  (s) => polls(s) && ['v1', 'v2', 'v3'].includes(s.host.kvm.patch_revision ?? ''),
);
export const unscaledPostings = where(
  'the postings v1 and v2',
  (s) => polls(s) && ['v1', 'v2'].includes(s.host.kvm.patch_revision ?? ''),
);
export const cheapEoi = where('without EOI exits', ({ host }) => host.kvm.pv_eoi || host.kvm.enable_apicv);
export const hvTimerAfter: Where = {
  words: 'with the hv timer afterwards',
  holds: (_, { host }) => host.kvm.enable_hv_timer,
};

export const hvTimer = where('with the hv timer', ({ host }) => host.kvm.enable_hv_timer);
export const hrtimer = where(
  'with the hrtimer',
  ({ host }) => !host.kvm.enable_hv_timer && host.kvm.pi_inject_timer !== 1,
);
export const apicv = where('with APICv', ({ host }) => host.kvm.enable_apicv);
export const noApicv = where('without APICv', ({ host }) => !host.kvm.enable_apicv);
export const fairVcpu = where('SCHED_OTHER vCPUs', ({ vcpus }) => vcpus[0].priority === 0);
export const realTime = where(
  'SCHED_FIFO threads',
  ({ workload }) => workload.tool === 'cyclictest' && workload.priority > 0,
);

const release = (scenario: ResolvedScenario) => releaseNumber(scenario.host.kernel.version);
export const since = (version: string) =>
  where(`${version} and later`, (s) => release(s) >= releaseNumber(version));
export const before = (version: string) =>
  where(`before ${version}`, (s) => release(s) < releaseNumber(version));
