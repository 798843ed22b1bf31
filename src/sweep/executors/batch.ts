import type { ResultDocument } from '../../measurement/result-document.ts';
import type { RunHooks } from '../../run/run-scenario.ts';
import type { JsonObject } from '../../scenario/json-source.ts';
import { UserError } from '../../user-error.ts';
import type { FinishedPoint } from '../journal/line.ts';
import { createPlan, type Plan, pointHasher, type SweepDefinition } from '../plan/plan.ts';
import { type PointFailure, type PointFigures, recordOf } from '../record.ts';

/** A few points of one plan, for one thread: plain data. */
export interface Batch {
  readonly planHash: string;
  readonly definition: SweepDefinition;
  /** Places in the plan. */
  readonly points: readonly number[];
  /** Shared with the thread; absent where nobody watches. */
  readonly control?: BatchControl;
}

/** `flags[0]` is 1 when the sweep is to stop; `flags[slot]` counts thousandths of points done in the batch. */
export interface BatchControl {
  readonly flags: Int32Array;
  readonly slot: number;
}

/** What a thread answers; fewer points than asked for when it was stopped. */
export interface BatchOutcome {
  readonly finished: readonly FinishedPoint[];
  readonly elapsedMs: number;
}

/** Checks and runs one scenario: the engine, or a double in tests. */
export type PointRunner = (
  scenario: JsonObject,
  profiles: SweepDefinition['profiles'],
  hooks: RunHooks,
) => ResultDocument;

/** A point under way when the sweep is stopped may take this long to finish before it is given up. */
const GRACE_MS = 1000;
const CACHED_PLANS = 4;

/** Makes the function that a thread runs batches with. It keeps the plans that it was last asked for. */
export function createBatchRunner(runPoint: PointRunner): (batch: Batch) => BatchOutcome {
  const plans = new Map<string, KnownPlan>();
  return (batch) => {
    const known = plans.get(batch.planHash) ?? know(batch.definition);
    plans.delete(batch.planHash);
    plans.set(batch.planHash, known);
    if (plans.size > CACHED_PLANS) plans.delete(plans.keys().next().value!);
    const begin = performance.now();
    const finished = runBatch(batch, known, runPoint);
    return { finished, elapsedMs: performance.now() - begin };
  };
}

interface KnownPlan {
  readonly plan: Plan;
  readonly hashOf: (scenario: JsonObject) => string;
}

function know(definition: SweepDefinition): KnownPlan {
  return { plan: createPlan(definition), hashOf: pointHasher(definition) };
}

function runBatch(batch: Batch, { plan, hashOf }: KnownPlan, runPoint: PointRunner): FinishedPoint[] {
  const finished: FinishedPoint[] = [];
  for (const [done, index] of batch.points.entries()) {
    const hooks = hooksFor(batch.control, done);
    if (stopRequested(batch.control)) break;
    const scenario = plan.scenario(plan.point(index));
    const record = tryPoint(scenario, plan.definition, runPoint, hooks);
    if (record === undefined) break;
    finished.push({ hash: hashOf(scenario), record });
  }
  return finished;
}

/** Undefined when the run was stopped before its end. */
function tryPoint(
  scenario: JsonObject,
  { sweep, profiles }: SweepDefinition,
  runPoint: PointRunner,
  hooks: RunHooks,
): PointFigures | PointFailure | undefined {
  try {
    const document = runPoint(scenario, profiles, hooks);
    if (document.partial) return undefined;
    return recordOf(document, { quantiles: sweep.quantiles, keepHistogram: sweep.keep_histograms });
  } catch (error) {
    if (error instanceof UserError) return { error: error.message.replaceAll('\n', '; ') };
    return { error: `unexpected failure: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function hooksFor(control: BatchControl | undefined, done: number): RunHooks {
  if (control === undefined) return {};
  const { flags, slot } = control;
  Atomics.store(flags, slot, 1000 * done);
  let noticedAt: number | undefined;
  return {
    onProgress: (loops, total) => {
      Atomics.store(flags, slot, 1000 * done + Math.floor((999 * loops) / total));
    },
    shouldStop: () => {
      if (!stopRequested(control)) return false;
      noticedAt ??= performance.now();
      return performance.now() - noticedAt > GRACE_MS;
    },
  };
}

function stopRequested(control: BatchControl | undefined): boolean {
  return control !== undefined && Atomics.load(control.flags, 0) === 1;
}
