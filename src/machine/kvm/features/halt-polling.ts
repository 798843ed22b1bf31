import { row, since } from './feature-row.ts';

/** Polling before a real block (kvm_main.c, `kvm_vcpu_block`, `kvm_vcpu_halt`). */
export const haltPollingFeatures = {
  /** Default of `halt_poll_ns`, the longest poll. 4.12. */
  haltPollMaxNs: row<number>('halt_poll_ns', ['4.4', 400_000], ['4.12', 200_000]),
  /** Default of `halt_poll_ns_grow`. */
  haltPollGrow: row<number>('halt_poll_ns_grow', ['4.4', 2]),
  /** First poll, ns: a constant, and a parameter since 5.2 (`haltPollGrowStartSettable`). */
  haltPollGrowStart: row<number>('halt_poll_ns_grow_start', ['4.4', 10_000]),
  /** `halt_poll_ns_grow_start` is a module parameter. 5.2. */
  haltPollGrowStartSettable: since('5.2', 'halt_poll_ns_grow_start is a parameter'),
  /** Default of `halt_poll_ns_shrink`; 0 shrinks to nothing. 6.11. */
  haltPollShrink: row<number>('halt_poll_ns_shrink', ['4.4', 0], ['6.11', 2]),
  /** Growth: `base-then-multiply` starts at the base only from 0 and with a factor; `at-least-start` is
   * max(h * grow, start), and a factor of 0 keeps h. `grow_halt_poll_ns`; 5.2. */
  haltPollGrowRule: row<'base-then-multiply' | 'at-least-start'>(
    'growth of the poll',
    ['4.4', 'base-then-multiply'],
    ['5.2', 'at-least-start'],
  ),
  /** A shrunk poll below the start becomes 0. `shrink_halt_poll_ns`; 5.15. */
  haltPollShrinkBelowStartToZero: since('5.15', 'poll below its start becomes 0'),
  /** The maximum is applied when the next halt starts instead of when the poll grows. 6.1. */
  haltPollCapAtStart: since('6.1', 'maximum applied at the start of a halt'),
  /** The poll ends at start + h instead of now + h. 6.1. */
  haltPollStopFromStart: since('6.1', 'poll ends at start + h'),
  /** need_resched ends the poll. 5.15. */
  haltPollEndsOnNeedResched: since('5.15', 'need_resched ends the poll'),
  /** The guest may switch polling off by MSR_KVM_POLL_CONTROL. 5.2. */
  haltPollControlMsr: since('5.2', 'MSR_KVM_POLL_CONTROL'),
  /**
   * Where the maximum is read: the module parameter; the VM's copy from its creation (5.8); live again
   * (6.1).
   */
  haltPollLimit: row<'module' | 'vm-copy' | 'live'>(
    'maximum read from',
    ['4.4', 'module'],
    ['5.8', 'vm-copy'],
    ['6.1', 'live'],
  ),
} as const;
