import { parseJson } from '../scenario/json-source.ts';
import { defineSweep } from '../sweep/load/define.ts';
import { parseSweep } from '../sweep/load/parse.ts';
import { createPlan, type Plan } from '../sweep/plan/plan.ts';

/** The plan of a sweep of cyclictest on the default machine. */
export async function planOf(sweep: object, base: object = {}): Promise<Plan> {
  const file = { name: 'test', base: { name: 'base', workload: { tool: 'cyclictest' }, ...base }, ...sweep };
  const source = parseJson(JSON.stringify(file), 'sweep.json');
  return createPlan(await defineSweep(parseSweep(source), source, '.', {}));
}

/** Values of every point. */
export function valuesOf(plan: Plan): unknown[] {
  return Array.from({ length: plan.size }, (_, index) => plan.point(index).values);
}

/** The worker file of the pool with a double of the engine in it. */
export const FAKE_WORKER = new URL('../sweep/fixtures/fake-point-worker.mjs', import.meta.url);
