import { UserError } from '../../user-error.ts';
import type { ReadOptions, Unit } from '../format.ts';
import type { Place } from './problem.ts';

export const NS_PER_UNIT: Readonly<Record<Unit, number>> = { us: 1000, ns: 1 };

export interface KnownUnit {
  readonly unit: Unit;
  readonly nsPerUnit: number;
  /** Who said so. */
  readonly statedBy: 'text' | 'option';
  readonly warnings: readonly string[];
}

/**
 * The unit of latencies: what the text itself states, else what the user states for it. It is never guessed:
 * without either a UserError ("unit-unknown") asks for the option.
 */
export function knownUnit(
  stated: Unit | undefined,
  options: ReadOptions,
  place: Place,
  why: string,
): KnownUnit {
  const unit = stated ?? options.unit;
  if (unit === undefined) {
    throw new UserError('unit-unknown', {
      ...place,
      message: `the text does not state the unit of its latencies`,
      hint: why,
    });
  }
  const isContradicted = stated !== undefined && options.unit !== undefined && options.unit !== stated;
  return {
    unit,
    nsPerUnit: NS_PER_UNIT[unit],
    statedBy: stated === undefined ? 'option' : 'text',
    warnings: isContradicted
      ? [`the text states that it counts ${stated}: --unit ${options.unit} was not used`]
      : [],
  };
}
