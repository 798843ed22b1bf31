import { setImmediate } from 'node:timers/promises';
import type { Driver } from '../compiler/drive.ts';
import type { ProgramData } from '../compiler/program-data.ts';
import { blocksOf } from '../machine/blocks.ts';
import { type CyclictestRun, latencyRecorders } from '../machine/cyclictest-run.ts';
import type { LatencyRecorder } from '../machine/latency-recorder.ts';
import type { ResultDocument } from '../measurement/result-document.ts';
import { workloadConfig } from '../scenario/workload-config.ts';
import type { BlockOutcome, BlocksOrder } from './block.ts';
import type { Helper, HelperMessage } from './helper.ts';
import { resultDocument } from './result.ts';
import { type RunHooks, type RunInput, runScenarioAside } from './run-scenario.ts';
import type { Tail } from './tail.ts';
import { TeamState } from './team-state.ts';

/**
 * From so many blocks on, all of them go to helpers, whose heaps have a limit: that of this thread would grow with the
 * loops. With fewer, this thread is one of the team, and the first to have the machine compiled.
 */
const BLOCKS_FOR_HELPERS = 20;
/** Milliseconds between two looks at the hooks. */
const WATCH_MS = 50;

/**
 * Runs the blocks of a scenario side by side on so many threads, as many as cores by default: the same document, byte
 * for byte, for any number.
 */
export async function runOnThreads(
  input: RunInput,
  threads?: number,
  hooks: RunHooks = {},
): Promise<ResultDocument> {
  const gathered = await gather(input, threads, null, hooks);
  if (gathered === null) return runScenarioAside(input, hooks);
  return resultDocument(input, gathered, gathered.partial);
}

/** `runTail` on so many threads. */
export async function runTailOnThreads(
  input: RunInput,
  document: ResultDocument,
  fromNs: readonly number[],
  threads: number,
  hooks: RunHooks = {},
): Promise<Tail[]> {
  const { runTail, tailOf } = await import('./tail.ts');
  const gathered = await gather(input, threads, fromNs, hooks);
  if (gathered === null) return runTail(input, document, fromNs, hooks);
  return gathered.results.map((recorder, thread) => tailOf(recorder, fromNs[thread]));
}

/** What all blocks measured; null where there is but one, or one thread. */
async function gather(
  { scenario, profile }: RunInput,
  threads: number | undefined,
  tailFromNs: readonly number[] | null,
  hooks: RunHooks,
): Promise<{ results: readonly LatencyRecorder[]; partial: boolean } | null> {
  const workload = workloadConfig(scenario);
  const blocks = blocksOf(workload);
  if (workload.tool !== 'cyclictest' || blocks === 1) return null;
  const { availableParallelism } = await import('node:os');
  const members = Math.min(threads ?? availableParallelism(), blocks);
  const takesPart = blocks < BLOCKS_FOR_HELPERS;
  if (members === 1 && takesPart) return null;
  const results = latencyRecorders(workload);
  const gatherer = new Gatherer(results);
  const team = TeamState.create(members);
  const total = workload.loops * results.length;
  const watch = setInterval(() => {
    hooks.onProgress?.(Math.min(gatherer.samples + team.underWay, total), total);
    if (hooks.shouldStop?.() === true) team.stop();
  }, WATCH_MS);
  try {
    await runAsTeam({ input: { scenario, profile }, tailFromNs }, team, members, takesPart, gatherer);
  } finally {
    clearInterval(watch);
  }
  hooks.onProgress?.(gatherer.samples, total);
  return { results, partial: gatherer.partial || gatherer.blocks < blocks };
}

/** If this thread takes part, the helpers get ready while it compiles for all; else each compiles for itself. */
async function runAsTeam(
  order: BlocksOrder,
  team: TeamState,
  members: number,
  takesPart: boolean,
  gatherer: Gatherer,
): Promise<void> {
  const { Helper } = await import('./helper.ts');
  const deliver = (outcome: BlockOutcome) => gatherer.add(outcome);
  const first = takesPart ? 1 : 0;
  const listen = (message: HelperMessage, from: Helper) => {
    if ('outcome' in message) deliver(message.outcome);
    else tellAll(message.programs, from);
  };
  const helpers = Array.from(
    { length: members - first },
    (_, index) => new Helper({ order, member: first + index, words: team.words }, listen),
  );
  const tellAll = (programs: readonly ProgramData[], but: Helper | null = null) => {
    for (const helper of helpers) if (helper !== but) helper.tell(programs);
  };
  const own = async () => {
    const { compileFor, runBlocks } = await import('./block.ts');
    const prepare = async (driver: Driver, block: CyclictestRun) => tellAll(compileFor(driver, block));
    await runBlocks(order, {
      team,
      deliver,
      prepare,
      pause: setImmediate,
      tidyUp: async () => {},
      share: tellAll,
      received: () => [],
    });
  };
  const start = async () => {
    if (takesPart) await own();
    // Helpers that have been told of nothing yet need not wait any longer.
    tellAll([]);
  };
  try {
    await Promise.all([start(), ...helpers.map(({ done }) => done)]);
  } finally {
    team.stop();
    await Promise.all(helpers.map((helper) => helper.end()));
  }
}

/** Puts the samples of the blocks together in the order of the blocks, in whatever order they arrive. */
class Gatherer {
  /** Samples of the blocks that have arrived. */
  samples = 0;
  partial = false;
  /** Blocks that have been put together. */
  blocks = 0;
  private readonly early = new Map<number, BlockOutcome>();

  constructor(private readonly results: readonly LatencyRecorder[]) {}

  add(outcome: BlockOutcome): void {
    for (const { samples } of outcome.results) this.samples += samples;
    this.partial ||= outcome.partial;
    this.early.set(outcome.index, outcome);
    for (;;) {
      const block = this.early.get(this.blocks);
      if (block === undefined) return;
      for (const [thread, recorder] of this.results.entries()) recorder.append(block.results[thread]);
      this.early.delete(this.blocks++);
    }
  }
}
