import { events, exits, ledger, mean, percentile, worst } from './figures.ts';
import { effect, field, type Knob } from './knob.ts';
import * as on from './where.ts';

const exiting = { 'guest.disable_exits': [], 'host.kvm.pi_inject_timer': 0, 'host.kvm.halt_poll_ns': 0 };
const noise = (per_second: number, duration_us: [number, number]) => ({ per_second, duration_us });

/** The guest's kernel and the program that measures. */
export const guestKnobs: readonly Knob[] = [
  {
    ...field('guest.idle', 'poll', 'hlt', exiting),
    effects: [
      effect(exits('HLT'), 'up', on.linuxIdle),
      effect(mean, 'up', on.both(on.linuxIdle, on.alone)),
      effect(events('hrtimer_start'), 'up', on.both(on.linuxIdle, on.hvTimer)),
    ],
  },
  {
    name: '`guest.idle` poll → mwait, `guest.disable_exits` [] → all (cpu-pm)',
    from: { 'guest.idle': 'poll', 'guest.disable_exits': [], 'host.kvm.pi_inject_timer': 0 },
    to: {
      'guest.idle': 'mwait',
      'guest.disable_exits': ['hlt', 'mwait', 'pause'],
      'host.kvm.pi_inject_timer': 0,
    },
    effects: [
      effect(exits('timer'), 'down', on.both(on.linuxIdle, on.hvTimer, on.since('4.17'))),
      effect(mean, 'up', on.both(on.linuxIdle, on.hvTimer, on.since('4.17'))),
    ],
  },
  {
    ...field('guest.load', 'none', 'busy', { 'guest.idle': 'poll' }),
    effects: [effect(ledger('guest.preempt_user'), 'up', on.cyclictest)],
  },
  {
    ...field('guest.kernel.hz', 100, 1000),
    effects: [effect(exits('all'), 'up', on.both(on.singleThread, on.idleGuests, on.ticking))],
  },
  {
    ...field(
      'guest.kernel.nohz',
      'off',
      'idle',
      {
        'guest.idle': 'hlt',
        'guest.disable_exits': [],
        'guest.kernel.hz': 1000,
        'workload.interval_us': 10_000,
      },
      ', halting, every 10 ms',
    ),
    effects: [
      effect(exits('all'), 'down', on.both(on.singleThread, on.idleGuests)),
      effect(ledger('guest.nohz_restart'), 'up', on.both(on.singleThread, on.idleGuests)),
    ],
  },
  {
    ...field('guest.kernel.nohz', 'off', 'full', { 'guest.kernel.version': '6.1', 'guest.idle': 'poll' }),
    effects: [effect(exits('WRMSR'), 'up', on.singleThread)],
  },
  {
    ...field('guest.kernel.clocksource', 'kvm-clock', 'tsc'),
    effects: [effect(mean, 'down', on.linuxGuests)],
  },
  {
    ...field('guest.kernel.preempt', 'full', 'rt', { 'guest.kernel.version': '6.1' }),
    effects: [effect(ledger('guest.softirqd_hop'), 'up', on.fairThreads), effect(mean, 'same', on.realTime)],
  },
  {
    ...field(
      'workload.latency_us',
      0,
      1000,
      {
        virtualization: 'bare-metal',
        'guest.idle': 'mwait',
        'host.cstates': 'c1',
      },
      ', MWAIT on bare metal',
    ),
    effects: [
      effect(mean, 'up', on.idleCyclictest),
      effect(ledger('hardware.cstate_exit'), 'up', on.idleCyclictest),
    ],
  },
  {
    ...field(
      'guest.ntp_ppm',
      0,
      -400,
      { 'workload.interval_us': 50_000, 'guest.kernel.nohz': 'full' },
      ', no tick, every 50 ms',
    ),
    effects: [effect(exits('WRMSR'), 'up', on.both(on.pollingGuests, on.singleThread, on.realTime))],
  },
  {
    name: '`guest.noise.softirq` null → 500 a second',
    from: { 'guest.noise.softirq': null },
    to: { 'guest.noise.softirq': noise(500, [5, 30]) },
    effects: [effect(mean, 'up', on.cyclictest), effect(ledger('guest.noise'), 'up', on.cyclictest)],
  },
  {
    name: '`guest.noise.irqs_off` null → 500 a second',
    from: { 'guest.noise.irqs_off': null },
    to: { 'guest.noise.irqs_off': noise(500, [5, 30]) },
    effects: [effect(mean, 'up', on.cyclictest), effect(ledger('guest.noise'), 'up', on.cyclictest)],
  },
  {
    ...field('workload.priority', 99, 0),
    effects: [effect(mean, 'up', on.oneThread)],
  },
  {
    ...field('workload.interval_us', 200, 5000),
    effects: [effect(mean, 'up', on.singleThread)],
  },
  {
    ...field('workload.posix_timers', false, true),
    effects: [
      effect(mean, 'up', on.cyclictest),
      effect(ledger('guest.signal_delivery'), 'up', on.cyclictest),
    ],
  },
  {
    ...field('workload.threads', 1, 3, { 'workload.smp': false, 'workload.distance_us': 0 }),
    effects: [effect(worst, 'up', on.absolute), effect(percentile(99), 'up', on.absolute)],
  },
];
