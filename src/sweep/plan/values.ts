import type { Json } from '../../measurement/result-document.ts';
import type { RangeValues, Values } from '../schema.ts';

/** What is wrong with a range: the field to point at, what is wrong, and what would be right. */
export interface RangeFault {
  readonly field: 'from' | 'to' | 'step' | 'points' | 'scale' | null;
  readonly message: string;
  readonly hint: string;
}

/** Checks what the schema cannot: how the fields of a range fit together. */
export function rangeFault(range: RangeValues, sampled: boolean): RangeFault | undefined {
  const { from, to, step, points, scale } = range;
  if (!(to > from)) {
    return {
      field: 'to',
      message: `the range is empty: ${from} to ${to}`,
      hint: '`to` is larger than `from`',
    };
  }
  if (step !== undefined && points !== undefined) {
    return { field: 'step', message: '`step` and `points` exclude each other', hint: 'keep one of them' };
  }
  if (scale === 'log' && !(from > 0)) {
    return {
      field: 'from',
      message: 'a logarithmic range cannot begin at 0 or below',
      hint: 'begin above 0',
    };
  }
  if (scale === 'log' && step !== undefined) {
    return { field: 'step', message: 'a logarithmic range has no fixed step', hint: 'give `points` instead' };
  }
  if (step !== undefined && step > to - from) {
    return {
      field: 'step',
      message: `the step is larger than the range of ${to - from}`,
      hint: 'a smaller step',
    };
  }
  if (step === undefined && points === undefined && !sampled) {
    return { field: null, message: 'how many values is not said', hint: 'add `step` or `points`' };
  }
  return undefined;
}

/** Number of values without making them: for limits. */
export function valueCount(values: Values): number {
  if (Array.isArray(values)) return values.length;
  if (values.points !== undefined) return values.points;
  return values.step === undefined ? 1 : Math.floor((values.to - values.from) / values.step + 1e-9) + 1;
}

/**
 * The values of a list or of a range with `step` or `points`. Ranges of whole-number fields are rounded, and
 * values that become equal by that appear once.
 */
export function expandValues(values: Values, integer: boolean): readonly Json[] {
  if (Array.isArray(values)) return values as readonly Json[];
  const count = valueCount(values);
  const expanded = Array.from({ length: count }, (_, index) => {
    if (values.step !== undefined) return roundTo(values.from + index * values.step, integer);
    return valueAt(values, index / (count - 1), integer);
  });
  return [...new Set(expanded)];
}

/** The value at `fraction` (0 to 1) of a range. */
export function valueAt(range: RangeValues, fraction: number, integer: boolean): number {
  const { from, to } = range;
  if (fraction <= 0) return roundTo(from, integer);
  if (fraction >= 1) return roundTo(to, integer);
  const value = range.scale === 'log' ? from * (to / from) ** fraction : from + (to - from) * fraction;
  return roundTo(value, integer);
}

/** 12 significant digits hide the noise of binary fractions: 0.1 × 3 is 0.3. */
function roundTo(value: number, integer: boolean): number {
  return integer ? Math.round(value) : Number(value.toPrecision(12));
}
