import { events, exits, ledger, mean } from './figures.ts';
import { effect, field, type Knob, type Settings } from './knob.ts';
import * as on from './where.ts';

const host = (from: string, to: string, besides: Settings, note: string) =>
  field('host.kernel.version', from, to, { 'host.kvm.pi_inject_timer': 0, ...besides }, `, ${note}`);
const guest = (from: string, to: string, besides: Settings, note: string) =>
  field('guest.kernel.version', from, to, besides, `, ${note}`);

const noAdvance = { 'host.kvm.lapic_timer_advance_ns': 0, 'host.kvm.patch_revision': null };
const noHvTimer = { ...noAdvance, 'host.kvm.enable_hv_timer': false };
const apicv = { ...noAdvance, 'host.kvm.enable_apicv': true };
const ownAdvance = { 'host.kvm.lapic_timer_advance_ns': null, 'host.kvm.patch_revision': null };
const noMitigations = { 'host.kernel.mitigations': [] };

/** Steps of a release whose sources say what changes. */
export const releaseKnobs: readonly Knob[] = [
  {
    ...host('4.4', '4.8', { 'host.kvm.enable_hv_timer': true, ...noAdvance }, 'the hv timer'),
    effects: [
      effect(exits('timer'), 'up', on.both(on.pollingGuests, on.hvTimerAfter)),
      effect(mean, 'down', on.both(on.pollingGuests, on.hvTimerAfter)),
    ],
  },
  {
    ...host('4.9', '4.10', { 'host.kvm.enable_hv_timer': true, ...noAdvance }, 'hv timer for counts'),
    effects: [effect(exits('timer'), 'up', on.action('oneshot', 'periodic'))],
  },
  {
    ...host('4.10', '4.11', apicv, 'no KVM_REQ_EVENT for a posted vector'),
    effects: [effect(ledger('kvm.event_check'), 'down', on.both(on.linuxGuests, on.apicv))],
  },
  {
    ...host('4.12', '4.13', { 'host.kvm.enable_hv_timer': true, ...noAdvance }, 'expiry when armed'),
    effects: [effect(exits('timer'), 'down', on.both(on.action('past', 'disarm'), on.hvTimer))],
  },
  {
    ...host('4.13', '4.15', { 'host.kvm.enable_hv_timer': true, ...noAdvance }, 'deadline 0 refused'),
    effects: [effect(events('kvm_apic_accept_irq'), 'down', on.both(on.action('disarm'), on.hvTimer))],
  },
  {
    ...host(
      '4.16',
      '4.17',
      { 'host.kernel.nohz_full': true, 'workload.interval_us': 5000, ...noAdvance },
      'no tick left under nohz_full',
    ),
    effects: [effect(exits('interrupt'), 'down', on.both(on.pollingGuests, on.hvTimer, on.pinnedAlone))],
  },
  {
    ...host(
      '4.17',
      '4.18',
      {
        'host.kvm.lapic_timer_advance_ns': 1500,
        'host.kvm.patch_revision': null,
        ...noMitigations,
      },
      'advance of 1500 ns for the hv timer, too',
    ),
    effects: [
      effect(mean, 'down', on.both(on.pollingGuests, on.hvTimer)),
      effect(mean, 'same', on.both(on.pollingGuests, on.hrtimer)),
    ],
  },
  {
    ...host('4.19', '4.20', ownAdvance, 'advance by default'),
    effects: [effect(mean, 'down', on.linuxGuests)],
  },
  {
    ...host(
      '5.2',
      '5.3',
      {
        'host.kvm.enable_hv_timer': true,
        ...noAdvance,
        'host.kernel.preempt': 'voluntary',
      },
      'pin control stays on',
    ),
    effects: [
      effect(ledger('hardware.vm_entry_dirty'), 'down', on.both(on.pollingGuests, on.hvTimer)),
      effect(mean, 'down', on.both(on.pollingGuests, on.hvTimer)),
    ],
  },
  {
    ...host('5.7', '5.8', apicv, 'fast paths, APICv'),
    effects: [
      effect(mean, 'down', on.both(on.pollingGuests, on.hvTimer, on.apicv)),
      effect(ledger('kvm.run_loop'), 'down', on.both(on.pollingGuests, on.hvTimer, on.apicv)),
    ],
  },
  {
    ...host('6.16', '6.18', noHvTimer, 'WRMSR fast path for the hrtimer'),
    effects: [effect(mean, 'down', on.both(on.pollingGuests, on.cheapEoi))],
  },
  {
    ...host(
      '4.11',
      '4.12',
      {
        'host.kvm.halt_poll_ns': null,
        'guest.idle': 'hlt',
        'guest.disable_exits': [],
        'workload.interval_us': 300,
        ...noMitigations,
      },
      'halt_poll_ns 400 → 200 µs, every 300 µs',
    ),
    effects: [effect(mean, 'up', on.both(on.haltingGuests, on.singleThread))],
  },
  {
    ...guest(
      '4.11',
      '4.12',
      { 'guest.kernel.nohz': 'full', 'guest.idle': 'poll' },
      'nohz_full shuts the clock event down',
    ),
    effects: [effect(exits('WRMSR'), 'up', on.singleThread)],
  },
  {
    ...guest(
      '4.16',
      '4.17',
      {
        'guest.kernel.nohz': 'idle',
        'guest.kernel.hz': 1000,
        'guest.idle': 'poll',
        'workload.interval_us': 10_000,
      },
      'idle=poll keeps the tick',
    ),
    effects: [effect(ledger('guest.nohz_restart'), 'down', on.both(on.singleThread, on.idleGuests))],
  },
];
