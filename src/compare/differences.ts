import type { Json, ResultDocument } from '../measurement/result-document.ts';

/** One field in which two runs differ; absent fields are `undefined`. */
export interface Difference {
  /** "host.kvm.enable_hv_timer", "facts.kernel", "origin". */
  readonly path: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

/** Fields of a scenario that name or describe it, or choose its random numbers. */
const NOT_THE_MACHINE = new Set(['$schema', 'name', 'description', 'source', 'seed']);

/** Facts about the file or the printing of a measured run, not about what was measured. */
const NOT_THE_EXPERIMENT = new Set([
  ...['format', 'source', 'note', 'command_line', 'unit', 'unit_stated_by', 'tsc_khz_stated_by'],
  ...['avg_us_as_printed', 'histogram_limit', 'bucket_size', 'break_value', 'breakmax_cycles'],
  ...['latency_table_cycles'],
  ...['start_time', 'end_time', 'duration', 'duration_s'],
]);

/**
 * Everything that makes two runs different experiments: the fields of their resolved scenarios, the facts of the
 * measured machines (where both files state them) and whether they were simulated or measured.
 */
export function differences(a: ResultDocument, b: ResultDocument): Difference[] {
  if (a.origin !== b.origin) return [{ path: 'origin', before: a.origin, after: b.origin }];
  if ((a.scenario === null) !== (b.scenario === null)) {
    return [{ path: 'scenario', before: presence(a.scenario), after: presence(b.scenario) }];
  }
  if (a.scenario !== null && b.scenario !== null)
    return differingLeaves(without(a.scenario, NOT_THE_MACHINE), without(b.scenario, NOT_THE_MACHINE));
  if (a.facts === null || b.facts === null) return [];
  const found = differingLeaves(
    without(a.facts, NOT_THE_EXPERIMENT),
    without(b.facts, NOT_THE_EXPERIMENT),
    'facts.',
  );
  return found.filter(({ before, after }) => before !== undefined && after !== undefined);
}

function presence(value: object | null): string {
  return value === null ? 'none' : 'one';
}

type JsonObject = { readonly [key: string]: Json };

function without(object: JsonObject, keys: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.has(key)));
}

/** Leaves in which two values differ, by their paths; array elements are numbered: "vcpus.0.pinned". */
export function differingLeaves(a: Json | undefined, b: Json | undefined, prefix = ''): Difference[] {
  if (isBranch(a) && isBranch(b) && Array.isArray(a) === Array.isArray(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].flatMap((key) => differingLeaves(child(a, key), child(b, key), `${prefix}${key}.`));
  }
  const same = a === b || JSON.stringify(a) === JSON.stringify(b);
  return same ? [] : [{ path: prefix.replace(/\.$/, ''), before: a, after: b }];
}

type Branch = { readonly [key: string]: Json } | readonly Json[];

function isBranch(value: Json | undefined): value is Branch {
  return typeof value === 'object' && value !== null;
}

function child(branch: Branch, key: string): Json | undefined {
  return (branch as { readonly [key: string]: Json })[key];
}
