import type { SourcedValue } from './profile.ts';

/** What a thread loses to a busy sibling on the same core. An idle sibling leaves all of the core to it. */
export const BUSY_SIBLING = {
  /** Cycles per instruction, relative to having the core alone. */
  cyclesFactor: {
    value: 1.54,
    kind: 'assumed',
    source:
      'two threads together do up to 30 % more work than one (Intel Technology Journal 6(1), 2002): 2 / 1.3',
  },
  /** Evictions from the private caches, which the threads share. */
  evictionFactor: { value: 2, kind: 'assumed', source: 'the sibling fills half of the private caches' },
} as const satisfies Record<string, SourcedValue>;
