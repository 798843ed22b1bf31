import type { Json } from '../../measurement/result-document.ts';
import type { SweepSpace } from '../schema.ts';
import { fulfils } from './rules.ts';
import { createSampler } from './sampling.ts';
import { type Dimension, dimensionsOf, gridValues, type IsInteger, sampledValues } from './space.ts';

export type ParameterValue = Json | undefined;

/** The points of a sweep without their repetitions. */
export interface Design {
  /** Field paths that change, in the order of the file. */
  readonly parameters: readonly string[];
  readonly size: number;
  /** Value of each parameter; undefined where neither the sweep nor the base gives one. */
  valuesOf(index: number): readonly ParameterValue[];
}

/** Grid or sample, less `exclude`, and the points of `include` after them. */
export function createDesign(
  sweep: SweepSpace,
  defaults: { readonly [path: string]: Json },
  isInteger: IsInteger,
): Design {
  const dimensions = dimensionsOf(sweep, isInteger);
  const varied = dimensions.flatMap((dimension) => dimension.paths);
  const parameters = [...new Set([...varied, ...sweep.include.flatMap((rule) => Object.keys(rule))])];
  const regular = without(regularPoints(sweep, dimensions), parameters, sweep.exclude);
  return {
    parameters,
    size: regular.size + sweep.include.length,
    valuesOf: (index) => {
      if (index < regular.size) {
        const values = regular.valuesOf(index);
        return parameters.map((path, position) =>
          position < varied.length ? values[position] : defaults[path],
        );
      }
      const rule = sweep.include[index - regular.size];
      return parameters.map((path) => (Object.hasOwn(rule, path) ? (rule[path] as Json) : defaults[path]));
    },
  };
}

interface Points {
  readonly size: number;
  valuesOf(index: number): readonly ParameterValue[];
}

/** Without anything to vary it is the base alone, unless `include` lists the points. */
function regularPoints({ sample, include }: SweepSpace, dimensions: readonly Dimension[]): Points {
  if (dimensions.length === 0) return { size: include.length > 0 ? 0 : 1, valuesOf: () => [] };
  if (sample === undefined) {
    return { size: gridSize(dimensions), valuesOf: (index) => gridValues(dimensions, index) };
  }
  const sampler = createSampler(sample.method, sample.points, dimensions.length, sample.seed);
  return {
    size: sample.points,
    valuesOf: (index) => sampledValues(dimensions, (dimension) => sampler(index, dimension)),
  };
}

function gridSize(dimensions: readonly Dimension[]): number {
  return dimensions.reduce((size, each) => size * (each.kind === 'levels' ? each.levels.length : 1), 1);
}

function without(points: Points, parameters: readonly string[], rules: SweepSpace['exclude']): Points {
  if (rules.length === 0) return points;
  const conditions = rules.map((rule) =>
    Object.entries(rule).map(([path, condition]) => ({ position: parameters.indexOf(path), condition })),
  );
  const isKept = (values: readonly ParameterValue[]) =>
    !conditions.some((rule) => rule.every(({ position, condition }) => fulfils(values[position], condition)));
  let kept = new Uint32Array(1024);
  let size = 0;
  for (let index = 0; index < points.size; index++) {
    if (!isKept(points.valuesOf(index))) continue;
    if (size === kept.length) {
      const larger = new Uint32Array(2 * size);
      larger.set(kept);
      kept = larger;
    }
    kept[size++] = index;
  }
  return { size, valuesOf: (index) => points.valuesOf(kept[index]) };
}
