import type { JsonPath } from '../../scenario/json-source.ts';
import { didYouMean } from '../../scenario/suggest.ts';
import { MAX_DIMENSIONS } from '../plan/sampling.ts';
import { rangeFault, valueCount } from '../plan/values.ts';
import type { SweepSpace, Values } from '../schema.ts';

/** Something wrong in a sweep file, by its place in it. */
export interface Fault {
  readonly at: JsonPath;
  readonly message: string;
  readonly hint?: string;
  readonly part?: 'key' | 'value';
}

/** Finds what the schema cannot see: how the parts of a sweep file fit together. */
export function findFaults(sweep: SweepSpace): Fault[] {
  return [
    ...rangeFaults(sweep),
    ...zipFaults(sweep),
    ...repeatedFields(sweep),
    ...sampleFaults(sweep),
    ...excludeFaults(sweep),
  ];
}

interface VariedField {
  readonly path: string;
  readonly values: Values;
  readonly at: JsonPath;
}

export function variedFields({ vary, zip }: SweepSpace): VariedField[] {
  const varied = Object.entries(vary).map(([path, values]) => ({ path, values, at: ['vary', path] }));
  const zipped = zip.flatMap((group, index) =>
    Object.entries(group).map(([path, values]) => ({ path, values, at: ['zip', index, path] })),
  );
  return [...varied, ...zipped];
}

function rangeFaults(sweep: SweepSpace): Fault[] {
  return variedFields(sweep).flatMap(({ values, at }) => {
    const fault = Array.isArray(values) ? undefined : rangeFault(values, sampled(sweep, at));
    if (fault === undefined) return [];
    return [
      { at: fault.field === null ? at : [...at, fault.field], message: fault.message, hint: fault.hint },
    ];
  });
}

/** Only fields of `vary` can be sampled continuously: those of a zip group go by the same level. */
function sampled(sweep: SweepSpace, at: JsonPath): boolean {
  return sweep.sample !== undefined && at[0] === 'vary';
}

function zipFaults({ zip }: SweepSpace): Fault[] {
  return zip.flatMap((group, index): Fault[] => {
    const counts = Object.entries(group).map(([path, values]) => ({ path, count: valueCount(values) }));
    if (counts.length === 0) return [{ at: ['zip', index], message: 'the group is empty' }];
    const other = counts.find(({ count }) => count !== counts[0].count);
    if (other === undefined) return [];
    const message = `has ${other.count} values, and ${counts[0].path} has ${counts[0].count}`;
    return [
      { at: ['zip', index, other.path], message, hint: 'fields that change together have equally many' },
    ];
  });
}

/** The same field twice, or a field and a part of it. */
function repeatedFields(sweep: SweepSpace): Fault[] {
  const fields = variedFields(sweep);
  return fields.flatMap(({ path, at }, index) => {
    const other = fields.slice(0, index).find((each) => overlaps(each.path, path));
    if (other === undefined) return [];
    const message = other.path === path ? 'is varied twice' : `overlaps with ${other.path}`;
    return [{ at, part: 'key' as const, message, hint: 'each field is varied in one place' }];
  });
}

export function overlaps(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}.`) || other.startsWith(`${one}.`);
}

function sampleFaults({ sample, vary, zip }: SweepSpace): Fault[] {
  if (sample === undefined) return [];
  const dimensions = Object.keys(vary).length + zip.length;
  if (dimensions === 0)
    return [{ at: ['sample'], message: 'there is nothing to sample', hint: 'fill `vary`' }];
  const limit = MAX_DIMENSIONS[sample.method];
  if (dimensions <= limit) return [];
  const message = `${sample.method} fills at most ${limit} dimensions, and these are ${dimensions}`;
  return [{ at: ['sample', 'method'], message, hint: 'latin-hypercube takes more' }];
}

/** A rule about a field that never changes would keep all points or none. */
function excludeFaults(sweep: SweepSpace): Fault[] {
  const varied = variedFields(sweep).map(({ path }) => path);
  return sweep.exclude.flatMap((rule, index) =>
    Object.keys(rule)
      .filter((path) => !varied.includes(path))
      .map((path) => {
        const hint = didYouMean(path, varied) ?? `varied are: ${varied.join(', ') || 'none'}`;
        return { at: ['exclude', index, path], part: 'key' as const, message: 'is not varied here', hint };
      }),
  );
}
