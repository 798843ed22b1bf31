import type { ParameterValue } from '../plan/design.ts';
import type { Plan } from '../plan/plan.ts';
import type { PointRecord } from '../record.ts';
import type { SweepResults } from '../results.ts';

/** A finished sweep, or what there is of it. */
export interface SweepTable {
  readonly plan: Plan;
  readonly results: SweepResults;
}

export interface SweepRow {
  /** 0-based place in the plan. */
  readonly point: number;
  readonly values: readonly ParameterValue[];
  /** 1-based repetition. */
  readonly repeat: number;
  readonly record: PointRecord;
}

/** The finished points in plan order, whatever order they were finished in. */
export function* rowsOf({ plan, results }: SweepTable): Generator<SweepRow> {
  for (let index = 0; index < plan.size; index++) {
    const record = results.get(index);
    if (record === undefined) continue;
    const { values, repeat } = plan.point(index);
    yield { point: index, values, repeat: repeat + 1, record };
  }
}
