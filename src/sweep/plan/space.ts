import type { Json } from '../../measurement/result-document.ts';
import type { SweepSpace, Values } from '../schema.ts';
import { expandValues, valueAt } from './values.ts';

/** One direction of the space: fields that change together, through levels or continuously. */
export type Dimension =
  | {
      readonly kind: 'levels';
      readonly paths: readonly string[];
      /** For each level the value of each path. */
      readonly levels: readonly (readonly Json[])[];
    }
  | { readonly kind: 'interval'; readonly paths: readonly string[]; readonly at: (fraction: number) => Json };

/** Whether the scenario's field at a path takes only whole numbers. */
export type IsInteger = (path: string) => boolean;

/** The dimensions in the order of the file: `vary` first, then each group of `zip`. */
export function dimensionsOf(sweep: SweepSpace, isInteger: IsInteger): Dimension[] {
  const varied = Object.entries(sweep.vary).map(([path, values]) =>
    isContinuous(values)
      ? { kind: 'interval' as const, paths: [path], at: (u: number) => valueAt(values, u, isInteger(path)) }
      : {
          kind: 'levels' as const,
          paths: [path],
          levels: expandValues(values, isInteger(path)).map((v) => [v]),
        },
  );
  const zipped = sweep.zip.map((group) => {
    const columns = Object.entries(group).map(([path, values]) => expandValues(values, isInteger(path)));
    const levels = columns[0].map((_, level) => columns.map((column) => column[level]));
    return { kind: 'levels' as const, paths: Object.keys(group), levels };
  });
  return [...varied, ...zipped];
}

type Continuous = Exclude<Values, readonly unknown[]>;

export function isContinuous(values: Values): values is Continuous {
  return !Array.isArray(values) && values.step === undefined && values.points === undefined;
}

/** Values of all dimensions' paths for combination `index` of the full grid: the last dimension changes fastest. */
export function gridValues(dimensions: readonly Dimension[], index: number): Json[] {
  const chosen: (readonly Json[])[] = [];
  let rest = index;
  for (let d = dimensions.length - 1; d >= 0; d--) {
    const dimension = dimensions[d];
    if (dimension.kind !== 'levels') throw new Error('a continuous range has no grid');
    chosen[d] = dimension.levels[rest % dimension.levels.length];
    rest = Math.floor(rest / dimension.levels.length);
  }
  return chosen.flat();
}

/** Values of all dimensions' paths at a place of the unit cube. */
export function sampledValues(
  dimensions: readonly Dimension[],
  coordinate: (dimension: number) => number,
): Json[] {
  return dimensions.flatMap((dimension, d): readonly Json[] => {
    const u = coordinate(d);
    if (dimension.kind === 'interval') return [dimension.at(u)];
    return dimension.levels[Math.floor(u * dimension.levels.length)];
  });
}
