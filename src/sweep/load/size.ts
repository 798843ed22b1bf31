import type { JsonSource } from '../../scenario/json-source.ts';
import { valueCount } from '../plan/values.ts';
import type { SweepSpace } from '../schema.ts';
import { sweepInvalid } from './parse.ts';

/** More points than this are run only on request. */
export const LARGE_SWEEP = 1_000_000;
export const MAX_POINTS = 100_000_000;

/** Points before `exclude` takes any away: known without making one of them. */
export function sizeOf({ vary, zip, sample, include, seeds }: SweepSpace): number {
  const dimensions = [
    ...Object.values(vary).map(valueCount),
    ...zip.map((group) => valueCount(Object.values(group)[0])),
  ];
  const grid = dimensions.reduce(
    (size, count) => size * count,
    dimensions.length === 0 && include.length > 0 ? 0 : 1,
  );
  return ((sample?.points ?? grid) + include.length) * seeds;
}

/** Throws a UserError ("sweep-invalid") for a sweep of too many points. */
export function assertSize(sweep: SweepSpace, source: JsonSource, allowLarge: boolean): void {
  const size = sizeOf(sweep);
  const limit = allowLarge ? MAX_POINTS : LARGE_SWEEP;
  if (size <= limit) return;
  const message = `these are ${size.toLocaleString('en')} points, more than ${limit.toLocaleString('en')}`;
  const hint = allowLarge ? 'vary less, or take a `sample`' : 'vary less, take a `sample`, or say --yes';
  throw sweepInvalid(source, [{ at: [sweep.sample ? 'sample' : 'vary'], message, hint }]);
}
