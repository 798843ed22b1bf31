import { exits, least, ledger, mean } from './figures.ts';
import { effect, field, type Knob } from './knob.ts';
import * as on from './where.ts';

const unposted = { 'host.kvm.pi_inject_timer': 0 };
const halting = { 'guest.idle': 'hlt', 'guest.disable_exits': [] };
const passingThrough = { ...halting, 'guest.disable_exits': ['hlt'], 'host.kvm.enable_apicv': true };

/** Parameters of kvm and kvm_intel, and what the VM is given. */
export const kvmKnobs: readonly Knob[] = [
  {
    ...field('host.kvm.enable_hv_timer', true, false, unposted),
    effects: [
      effect(exits('timer'), 'down', on.pollingGuests),
      effect(exits('interrupt'), 'up', on.pollingGuests),
      effect(mean, 'up', on.pollingGuests),
      effect(ledger('host.hrtimer_interrupt'), 'up', on.pollingGuests),
      effect(mean, 'down', on.both(on.tool('tscdeadline_latency'), on.haltingTest)),
    ],
  },
  {
    ...field('host.kvm.enable_apicv', false, true, unposted),
    effects: [effect(mean, 'down', on.linuxGuests), effect(exits('WRMSR'), 'down', on.bareGuestsWithEoi)],
  },
  {
    ...field('host.kvm.pv_eoi', true, false),
    effects: [
      effect(exits('WRMSR'), 'up', on.both(on.linuxGuests, on.noApicv)),
      effect(mean, 'up', on.both(on.linuxGuests, on.noApicv)),
      effect(mean, 'same', on.both(on.guests, on.apicv)),
      effect(mean, 'same', on.bareGuests),
    ],
  },
  {
    ...field('host.kvm.lapic_timer_advance_ns', 0, 1500, unposted),
    effects: [
      effect(mean, 'down', on.both(on.linuxGuests, on.hrtimer)),
      effect(mean, 'down', on.both(on.linuxGuests, on.hvTimer, on.since('4.18'))),
      effect(mean, 'same', on.both(on.pollingGuests, on.hvTimer, on.before('4.18'))),
    ],
  },
  {
    ...field('host.kvm.lapic_timer_advance_ns', 0, -1, unposted),
    effects: [effect(mean, 'down', on.both(on.linuxGuests, on.since('5.2')))],
  },
  {
    ...field(
      'host.kvm.halt_poll_ns',
      0,
      200_000,
      { ...halting, 'workload.interval_us': 150 },
      ', every 150 µs',
    ),
    effects: [
      effect(mean, 'down', on.haltingGuests),
      effect(ledger('host.wakeup'), 'down', on.haltingGuests),
    ],
  },
  {
    ...field(
      'host.kvm.halt_poll_ns',
      0,
      200_000,
      { ...halting, 'workload.interval_us': 5000 },
      ', every 5 ms',
    ),
    effects: [effect(ledger('kvm.halt_poll'), 'same', on.haltingGuests)],
  },
  {
    ...field('host.kvm.pi_inject_timer', 0, 1, passingThrough, ', APICv and HLT pass-through'),
    effects: [
      effect(exits('timer'), 'down', on.both(on.linuxGuests, on.hvTimer)),
      effect(exits('all'), 'down', on.both(on.linuxGuests, on.migrating)),
    ],
  },
  {
    ...field('guest.disable_exits', [], ['hlt'], { 'guest.idle': 'hlt', ...unposted }, ', halting'),
    effects: [
      effect(exits('HLT'), 'down', on.linuxIdle),
      effect(mean, 'down', on.both(on.linuxIdle, on.alone)),
    ],
  },
  {
    ...field('guest.disable_exits', ['hlt'], ['hlt', 'mwait'], unposted),
    effects: [effect(exits('timer'), 'down', on.both(on.pollingGuests, on.hvTimer, on.since('4.17')))],
  },
  {
    ...field('host.kernel.bits', 64, 32),
    effects: [
      effect(exits('timer'), 'down', on.both(on.pollingGuests, on.hvTimer, on.released)),
      effect(exits('timer'), 'same', on.postings),
    ],
  },
  {
    ...field('host.cpu', 'xeon-gold-6248', 'xeon-x5570', { 'guest.tsc_khz': null }),
    effects: [effect(exits('timer'), 'down', on.both(on.pollingGuests, on.hvTimer, on.released))],
  },
  {
    ...field('host.cpu', 'xeon-gold-6248', 'epyc-7742', { 'guest.tsc_khz': null }),
    effects: [effect(exits('timer'), 'down', on.both(on.pollingGuests, on.hvTimer))],
  },
  {
    ...field('host.cpu', 'xeon-gold-6248', 'xeon-e5-2699-v3', { 'guest.tsc_khz': null }),
    effects: [
      effect(ledger('hardware.timer_lateness'), 'down', on.both(on.pollingGuests, on.hvTimer, on.noAdvance)),
    ],
  },
  {
    ...field('guest.tsc_khz', 2_500_000, 2_000_000, { 'host.cpu': 'xeon-gold-6248' }),
    effects: [
      effect(exits('timer'), 'same', on.both(on.pollingGuests, on.hvTimer, on.released)),
      effect(exits('timer'), 'up', on.unscaledPostings),
    ],
  },
  {
    ...field('guest.tsc_offset', 0, -1_000_000_000),
    effects: [effect(least, 'same', on.linuxGuests), effect(mean, 'same', on.linuxGuests)],
  },
  {
    ...field('virtualization', 'bare-metal', 'kvm'),
    effects: [effect(mean, 'up', on.cyclictest), effect(exits('all'), 'up', on.cyclictest)],
  },
  {
    ...field('virtualization', 'kvm', 'nested'),
    effects: [
      effect(mean, 'up', on.pollingGuests),
      effect(ledger('hardware.nested'), 'up', on.pollingGuests),
      effect(ledger('hardware.nested'), 'up', on.both(on.tool('tscdeadline_latency'), on.haltingTest)),
    ],
  },
  {
    ...field('host.nested.preemption_timer', true, false, { virtualization: 'nested' }, ', nested'),
    effects: [
      effect(exits('timer'), 'down', on.both(on.pollingGuests, on.hvTimer)),
      effect(ledger('hardware.nested_timer'), 'down', on.both(on.pollingGuests, on.hvTimer)),
    ],
  },
];
