import { events, exits, least, ledger, mean, percentile, worst } from './figures.ts';
import { effect, field, type Knob, type Settings } from './knob.ts';
import * as on from './where.ts';

const ticking = {
  'host.kernel.nohz_full': false,
  'vcpus.0.pcpu.nohz_full': null,
  'host.kvm.pi_inject_timer': 0,
};
const competitor = { name: 'backup', period_us: 5000, run_us: 1000 };
const posting = {
  'guest.idle': 'hlt',
  'guest.disable_exits': ['hlt'],
  'host.kvm.enable_apicv': true,
  'host.kvm.pi_inject_timer': 1,
};
const MITIGATIONS = ['ibrs', 'l1d_flush', 'retpoline', 'mds_clear', 'bhi'];

const noise = (path: string, per_second: number, duration_us: [number, number]) => ({
  name: `\`${path}\` null → ${per_second} a second`,
  from: { [path]: null },
  to: { [path]: { per_second, duration_us } },
});

const kworker = { per_second: 200, duration_us: [20, 200] };
const isolation = (besides: Settings) => ({
  from: { ...besides, 'vcpus.0.pcpu.isolated': true },
  to: { ...besides, 'vcpus.0.pcpu.isolated': false },
});

/** The host's kernel, what shares the pCPU, and the hardware under it. */
export const hostKnobs: readonly Knob[] = [
  {
    ...field('host.kernel.hz', 100, 1000, ticking, ', not nohz_full'),
    effects: [effect(exits('interrupt'), 'up', on.pollingGuests)],
  },
  {
    ...field('host.kernel.nohz_full', false, true, {
      'vcpus.0.pcpu.nohz_full': null,
      'vcpus.0.pcpu.competitors': [],
      'host.kvm.pi_inject_timer': 0,
    }),
    effects: [
      effect(exits('interrupt'), 'down', on.both(on.pollingGuests, on.hvTimer)),
      effect(ledger('host.nohz_full_irq_exit'), 'up', on.both(on.pollingGuests, on.hrtimer)),
    ],
  },
  {
    name: '`host.kernel.mitigations` [] → all of the release',
    from: { 'host.kernel.mitigations': [] },
    to: { 'host.kernel.mitigations': MITIGATIONS },
    effects: [
      effect(mean, 'up', on.guests),
      effect(least, 'up', on.guests),
      effect(mean, 'same', on.bareMetal),
    ],
  },
  {
    ...field('host.kernel.preempt', 'voluntary', 'rt', { 'host.kernel.version': '5.3' }, ', 5.3'),
    effects: [
      effect(ledger('host.softirqd_hop'), 'up', on.both(on.pollingGuests, on.hrtimer)),
      effect(mean, 'same', on.both(on.pollingGuests, on.hvTimer)),
    ],
  },
  {
    ...field('host.kernel.preempt', 'voluntary', 'rt', { 'host.kernel.version': '5.4' }, ', 5.4'),
    effects: [effect(mean, 'same', on.guests)],
  },
  {
    ...field('host.cstates', 'off', 'c6', { 'guest.idle': 'hlt', 'guest.disable_exits': [] }, ', halting'),
    effects: [
      effect(mean, 'up', on.haltingGuests),
      effect(ledger('hardware.cstate_exit'), 'up', on.haltingGuests),
    ],
  },
  {
    ...field('host.cstates', 'c1', 'c6', { 'guest.idle': 'poll' }, ', polling'),
    effects: [effect(mean, 'same', on.pollingGuests)],
  },
  {
    name: '`vcpus[0].pcpu.competitors` [] → 1 ms every 5 ms',
    from: { 'vcpus.0.pcpu.competitors': [] },
    to: { 'vcpus.0.pcpu.competitors': [competitor] },
    effects: [
      effect(worst, 'up', on.both(on.linuxGuests, on.fairVcpu, on.lightSleep)),
      effect(percentile(99), 'up', on.both(on.linuxGuests, on.fairVcpu, on.lightSleep)),
      effect(events('sched_switch'), 'up', on.both(on.linuxGuests, on.fairVcpu)),
    ],
  },
  {
    name: '`vcpus[0].policy` other → fifo, `priority` 0 → 50, with a competitor',
    from: { 'vcpus.0.policy': 'other', 'vcpus.0.priority': 0, 'vcpus.0.pcpu.competitors': [competitor] },
    to: { 'vcpus.0.policy': 'fifo', 'vcpus.0.priority': 50, 'vcpus.0.pcpu.competitors': [competitor] },
    effects: [effect(worst, 'down', on.pollingGuests), effect(percentile(99), 'down', on.pollingGuests)],
  },
  {
    ...field('vcpus.0.pinned', true, false, { 'vcpus.0.migrations_per_second': 200 }),
    effects: [
      effect(mean, 'up', on.both(on.linuxGuests, on.lightSleep)),
      effect(percentile(99), 'up', on.both(on.linuxGuests, on.lightSleep)),
    ],
  },
  {
    ...noise('host.noise.smi', 100, [50, 200]),
    effects: [
      effect(mean, 'up', on.both(on.cyclictest, on.lightSleep)),
      effect(ledger('hardware.smi'), 'up', on.both(on.cyclictest, on.lightSleep)),
    ],
  },
  {
    ...noise('host.noise.rcu', 500, [10, 40]),
    effects: [effect(ledger('host.rcu'), 'up', on.both(on.pollingGuests, on.hrtimer))],
  },
  {
    name: '`host.noise.kworker` null → 200 a second',
    from: { 'host.noise.kworker': null },
    to: { 'host.noise.kworker': { per_second: 200, duration_us: [20, 200], unbound: false } },
    effects: [
      effect(mean, 'up', on.both(on.linuxGuests, on.fairVcpu, on.lightSleep)),
      effect(worst, 'same', on.bareMetal),
    ],
  },
  {
    name: '`vcpus[0].pcpu.isolated` true → false, with unbound threads',
    ...isolation({
      'host.noise.kworker': { ...kworker, unbound: true },
      'vcpus.0.pcpu.competitors': [{ ...competitor, pinned: false }],
    }),
    effects: [effect(mean, 'up', on.both(on.linuxGuests, on.fairVcpu, on.lightSleep))],
  },
  {
    name: '`vcpus[0].pcpu.isolated` true → false, with bound threads',
    ...isolation({
      'host.noise.kworker': { ...kworker, unbound: false },
      'vcpus.0.pcpu.competitors': [{ ...competitor, pinned: true }],
    }),
    effects: [effect(mean, 'same', on.linuxGuests)],
  },
  {
    ...field('vcpus.0.pcpu.smt_sibling', 'off', 'busy'),
    effects: [
      effect(mean, 'up', on.cyclictest),
      effect(least, 'up', on.cyclictest),
      effect(mean, 'up', on.tool('vmexit')),
    ],
  },
  {
    ...field('vcpus.0.pcpu.smt_sibling', 'off', 'idle'),
    effects: [effect(mean, 'same', on.cyclictest)],
  },
  {
    ...noise('host.noise.ipi', 2000, [1, 3]),
    effects: [
      effect(exits('interrupt'), 'up', on.linuxGuests),
      effect(ledger('host.ipi'), 'up', on.pollingGuests),
    ],
  },
  {
    ...field('host.noise.memory_pressure', 0, 1),
    effects: [effect(mean, 'up', on.cyclictest), effect(percentile(99), 'up', on.cyclictest)],
  },
  {
    ...field('host.noise.memory_pressure', 1, 10),
    effects: [effect(mean, 'up', on.cyclictest)],
  },
  {
    ...field('host.housekeeping_load', 0, 1, posting, ', posted'),
    effects: [effect(mean, 'up', on.both(on.linuxGuests, on.postedGuests, on.migrating))],
  },
  {
    ...field('host.kernel.timer_migration', true, false, posting, ', posted'),
    effects: [effect(exits('interrupt'), 'up', on.both(on.linuxGuests, on.postedGuests))],
  },
];
