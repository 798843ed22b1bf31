import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import type { ProgramData } from '../compiler/program-data.ts';
import { garbageCollector } from '../io/garbage.ts';
import { runBlocks } from './block.ts';
import type { HelperData } from './helper.ts';
import { TeamState } from './team-state.ts';

/** Collecting, and what V8 forgets by it, takes as long as half a block. */
const BLOCKS_UNTIL_COLLECTED = 15;

const collect = garbageCollector();
let blocks = 0;
const port = parentPort!;
const { order, member, words } = workerData as HelperData;
const programs: Promise<ProgramData[][]> = once(port, 'message');
await runBlocks(order, {
  team: TeamState.seenBy(member, words),
  deliver: (outcome) => port.postMessage(outcome),
  prepare: async (driver, { lanes }) => {
    for (const lane of lanes) driver.study(lane);
    for (const program of (await programs)[0]) driver.learn(program);
  },
  pause: async () => {},
  tidyUp: () => {
    if (++blocks % BLOCKS_UNTIL_COLLECTED === 0) collect();
  },
});
port.removeAllListeners();
