import type { ResolvedScenario } from '../../scenario/presets.ts';
import type { Figure } from './figures.ts';

/** Field path → value, as `--set` would write it. */
export type Settings = Readonly<Record<string, unknown>>;

/** One knob turned: what must move, on every shipped scenario on which the turn means something. */
export interface Knob {
  /** As the table tells it: "`host.cstates` off → c6". */
  readonly name: string;
  readonly from: Settings;
  readonly to: Settings;
  readonly effects: readonly Effect[];
}

/** `same`: not by a single nanosecond, event or cycle. */
export type Direction = 'up' | 'down' | 'same';

export interface Effect {
  readonly figure: Figure;
  readonly direction: Direction;
  /** Where the effect is to be seen, in words and as a question to the machine before the turn. */
  readonly on: Where;
}

export interface Where {
  readonly words: string;
  readonly holds: (before: ResolvedScenario, after: ResolvedScenario) => boolean;
}

export const effect = (figure: Figure, direction: Direction, on: Where): Effect => ({
  figure,
  direction,
  on,
});

/** A knob that is a single field; `besides` is set on both sides, and `note` tells of it. */
export function field(path: string, from: unknown, to: unknown, besides: Settings = {}, note = '') {
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  return {
    name: `\`${path.replace('.0.', '[0].')}\` ${text(from)} → ${text(to)}${note}`,
    from: { ...besides, [path]: from },
    to: { ...besides, [path]: to },
  };
}
