import { CASE_NAMES, type CaseName, loadCase } from './cases.ts';
import { timeEngine, warmUp } from './engine.ts';
import { Limit } from './limit.ts';
import { type Spread, spreadOf } from './statistics.ts';
import type { WorkPerLoop } from './work.ts';

export interface BenchOptions {
  readonly loops: number;
  readonly repetitions: number;
}

/** One line of the table. */
export interface CaseResult {
  readonly name: CaseName;
  readonly work: WorkPerLoop;
  readonly nsPerLoop: Spread;
  readonly limitNsPerLoop: Spread | null;
  /** Engine time over limit time, each repetition against the limit measured beside it; null without a compiler. */
  readonly ratio: Spread | null;
  readonly hash: string;
}

/** Code that is worth it only for so long a run is there when it begins to count: its first loops are made before. */
const LONG_RUN = 1_000_000_000;
/** So many times those that are measured. */
const WARM_UP = 4;

/**
 * Measures every case; `count` tells what work it is. Engine and limit take turns, because clocks of shared machines change from second to second.
 */
export async function measureCases(
  { loops, repetitions }: BenchOptions,
  count: (name: CaseName) => Promise<WorkPerLoop>,
): Promise<CaseResult[]> {
  const limit = Limit.compile();
  try {
    const results: CaseResult[] = [];
    for (const name of CASE_NAMES) {
      results.push(await measureCase(name, await count(name), loops, repetitions, limit));
    }
    return results;
  } finally {
    limit?.remove();
  }
}

async function measureCase(
  name: CaseName,
  work: WorkPerLoop,
  loops: number,
  repetitions: number,
  limit: Limit | null,
): Promise<CaseResult> {
  const scenario = await loadCase(name, loops);
  warmUp(await loadCase(name, LONG_RUN), WARM_UP * loops);
  const { hash } = timeEngine(scenario);
  const engineNs: number[] = [];
  const limitNs: number[] = [];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const timing = timeEngine(scenario);
    if (timing.hash !== hash) throw new Error(`${name}: two runs of one seed differ`);
    engineNs.push(timing.nsPerLoop);
    if (limit !== null) limitNs.push(limit.nsPerLoop(work, loops));
  }
  return {
    name,
    work,
    nsPerLoop: spreadOf(engineNs),
    limitNsPerLoop: limit === null ? null : spreadOf(limitNs),
    ratio: limit === null ? null : spreadOf(engineNs.map((ns, index) => ns / limitNs[index])),
    hash,
  };
}
