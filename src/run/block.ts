import type { Driver } from '../compiler/drive.ts';
import type { ProgramData } from '../compiler/program-data.ts';
import { blocksOf, startBlock } from '../machine/blocks.ts';
import type { CyclictestRun } from '../machine/cyclictest-run.ts';
import type { RecordedLatencies } from '../machine/latency-recorder.ts';
import type { CyclictestConfig } from '../machine/workload.ts';
import { machineConfig } from '../scenario/machine-config.ts';
import { workloadConfig } from '../scenario/workload-config.ts';
import { driverFor } from './drive.ts';
import type { RunInput } from './run-scenario.ts';
import type { TeamState } from './team-state.ts';

/** A long run, for all threads that share its blocks: plain data. */
export interface BlocksOrder {
  readonly input: Pick<RunInput, 'scenario' | 'profile'>;
  /** Samples of at least this long are added up apart, a limit for each thread of cyclictest; null for none. */
  readonly tailFromNs: readonly number[] | null;
}

export interface BlockOutcome {
  readonly index: number;
  readonly results: readonly RecordedLatencies[];
  /** It was stopped before its end. */
  readonly partial: boolean;
}

/** How a thread takes its part in a run. */
export interface Part {
  readonly team: TeamState;
  readonly deliver: (outcome: BlockOutcome) => void;
  /** Called once, when the first block is built: one thread compiles its machine, the others wait for that. */
  readonly prepare: (driver: Driver, block: CyclictestRun) => Promise<void>;
  /** Lets other work of the thread run; after every piece of a block. */
  readonly pause: () => Promise<void>;
  /** Called after every block, whose machine is not wanted any more. */
  readonly tidyUp: () => Promise<void>;
  /** Hands on what has been compiled in the meantime. */
  readonly share: (programs: readonly ProgramData[]) => void;
  /** What others have handed on since it was asked last. */
  readonly received: () => readonly ProgramData[];
}

/** Samples between two pauses: a few milliseconds. */
const SAMPLES_PER_PIECE = 2048;

/** Compiles for all lanes of a block. */
export function compileFor(driver: Driver, { lanes }: CyclictestRun): ProgramData[] {
  return lanes.flatMap((lane) => driver.prepare(lane) ?? []);
}

/** Runs block after block of those that no other thread has taken. */
export async function runBlocks(order: BlocksOrder, part: Part): Promise<void> {
  const { team, deliver } = part;
  const workload = workloadConfig(order.input.scenario);
  if (workload.tool !== 'cyclictest') throw new Error(`${workload.tool} does not run in blocks`);
  const driver = await driverFor(workload);
  // What one of the team makes of these loops serves all.
  if (team.isFirst) driver?.expect(workload.loops / team.members);
  const blocks = blocksOf(workload);
  let isPrepared = driver === null;
  for (let index = team.takeBlock(); index < blocks && !team.stopped; index = team.takeBlock()) {
    const block = build(order, workload, index, driver);
    if (!isPrepared) await part.prepare(driver!, block);
    isPrepared = true;
    for (const program of part.received()) driver?.learn(program);
    const partial = await run(block, part);
    deliver({ index, results: block.results.map((recorder) => recorder.snapshot()), partial });
    team.report(0);
    const chained = driver?.newlyChained() ?? [];
    if (chained.length > 0) part.share(chained);
    await part.tidyUp();
  }
}

function build(
  { input: { scenario, profile }, tailFromNs }: BlocksOrder,
  workload: CyclictestConfig,
  index: number,
  driver: Driver | null,
): CyclictestRun {
  const block = startBlock(machineConfig(scenario, profile), workload, index, null, undefined, driver?.drive);
  for (const [thread, limit] of tailFromNs?.entries() ?? []) block.results[thread].tailFromNs = limit;
  return block;
}

/** Whether it was stopped before its end. */
async function run(block: CyclictestRun, { team, pause }: Part): Promise<boolean> {
  while (block.advance(SAMPLES_PER_PIECE)) {
    team.report(block.done);
    await pause();
    if (team.stopped) return true;
  }
  return false;
}
