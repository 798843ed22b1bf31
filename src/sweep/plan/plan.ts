import type { CostProfile } from '../../machine/costs/profile.ts';
import type { Json } from '../../measurement/result-document.ts';
import { canonicalJson } from '../../scenario/hash.ts';
import type { JsonObject } from '../../scenario/json-source.ts';
import { type Layer, LayeredDocument, valueAt } from '../../scenario/merge.ts';
import { contentHash } from '../content-hash.ts';
import type { SweepSpace } from '../schema.ts';
import { createDesign, type ParameterValue } from './design.ts';

/** Everything that decides the results of a sweep, as plain JSON: it travels in journals and queues. */
export interface SweepDefinition {
  readonly kvmtimer_version: string;
  /** The sweep file with defaults filled in and the base scenario in place of its file name. */
  readonly sweep: SweepSpace & { readonly base: JsonObject };
  /** Content of the cost profiles that the scenarios name by file, by that name. */
  readonly profiles: { readonly [name: string]: CostProfile };
  /** Values of the base for the fields that `include` rules may leave out. */
  readonly defaults: { readonly [path: string]: Json };
  /** Varied fields that take only whole numbers. */
  readonly integers: readonly string[];
}

export interface PlanPoint {
  /** 0-based place in the plan. */
  readonly index: number;
  /** 0-based repetition; each has a seed of its own. */
  readonly repeat: number;
  /** Value of each parameter, in the order of `Plan.parameters`; undefined where there is none. */
  readonly values: readonly ParameterValue[];
}

/** All points of a sweep, made when they are asked for: a plan of a million points takes next to no memory. */
export interface Plan {
  readonly definition: SweepDefinition;
  /** Names this very set of points and what is kept of each. */
  readonly hash: string;
  readonly parameters: readonly string[];
  /** Number of points, repetitions included. */
  readonly size: number;
  readonly repeats: number;
  point(index: number): PlanPoint;
  /** The scenario of a point, not yet checked. */
  scenario(point: PlanPoint): JsonObject;
}

export function createPlan(definition: SweepDefinition): Plan {
  const { sweep } = definition;
  const integers = new Set(definition.integers);
  const design = createDesign(sweep, definition.defaults, (path) => integers.has(path));
  return {
    definition,
    hash: planHash(definition),
    parameters: design.parameters,
    size: design.size * sweep.seeds,
    repeats: sweep.seeds,
    point: (index) => ({
      index,
      repeat: index % sweep.seeds,
      values: design.valuesOf(Math.floor(index / sweep.seeds)),
    }),
    scenario: (point) => scenarioOf(sweep, design.parameters, point),
  };
}

/** Names a point's result: by its scenario, the profiles, what is kept of it, and the version of kvmtimer. */
export function pointHasher(definition: SweepDefinition): (scenario: JsonObject) => string {
  const { sweep, profiles, kvmtimer_version } = definition;
  const { quantiles, keep_histograms } = sweep;
  const context = canonicalJson({ kvmtimer_version, profiles, quantiles, keep_histograms });
  return (scenario) => contentHash(context, canonicalJson(scenario));
}

/** What the file says beyond its results, like the description, does not make it another sweep. */
function planHash({ sweep, ...rest }: SweepDefinition): string {
  const { $schema: _schema, description: _description, ...decisive } = sweep;
  return contentHash(canonicalJson({ sweep: decisive, ...rest }));
}

/** Repetition k of every point has the same seed: differences between points are not differences of luck. */
function scenarioOf(
  sweep: SweepDefinition['sweep'],
  parameters: readonly string[],
  { values, repeat }: PlanPoint,
): JsonObject {
  const document = new LayeredDocument();
  document.value = sweep.base;
  for (const [position, path] of parameters.entries()) {
    if (values[position] !== undefined) document.put(path.split('.'), values[position], LAYER);
  }
  if (sweep.seeds > 1) {
    // "kvmtimer" is the schema's own default.
    const seed = valueAt(document.value, ['seed']) ?? 'kvmtimer';
    document.put(['seed'], `${seed}/${repeat + 1}`, LAYER);
  }
  return document.value as JsonObject;
}

/** Places in files matter only while a sweep is checked. */
const LAYER: Layer = { kind: 'set', name: 'sweep', locate: () => undefined };
