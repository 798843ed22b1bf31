/**
 * Units of time. The engine counts host TSC cycles; nanoseconds appear only where the real system has them.
 * All are whole numbers held in a plain `number`: 2^53 cycles at 3 GHz last 34 days.
 */
export type Cycles = number;
export type Nanoseconds = number;
export type Microseconds = number;

export const NS_PER_US = 1_000;
export const NS_PER_MS = 1_000_000;
export const NS_PER_SECOND = 1_000_000_000;
