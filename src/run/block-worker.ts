import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { Driver } from '../compiler/drive.ts';
import type { ProgramData } from '../compiler/program-data.ts';
import { garbageCollector } from '../io/garbage.ts';
import { runBlocks } from './block.ts';
import type { HelperData, HelperMessage } from './helper.ts';
import { TeamState } from './team-state.ts';

/** Collecting, and what V8 forgets by it, takes as long as half a block. */
const BLOCKS_UNTIL_COLLECTED = 15;

const collect = garbageCollector();
let blocks = 0;
const port = parentPort!;
const { order, member, words } = workerData as HelperData;
/** What others have compiled, until there is a driver to take it over. */
const programs: ProgramData[] = [];
let driver: Driver | null = null;
port.on('message', (more: readonly ProgramData[]) => {
  programs.push(...more);
  if (driver !== null) learn(driver);
});
const isTold = once(port, 'message');
const tell = (message: HelperMessage) => port.postMessage(message);

function learn(by: Driver): void {
  for (const program of programs.splice(0)) by.learn(program);
}

await runBlocks(order, {
  team: TeamState.seenBy(member, words),
  deliver: (outcome) => tell({ outcome }),
  prepare: async (own, { lanes }) => {
    for (const lane of lanes) own.study(lane);
    await isTold;
    driver = own;
    learn(own);
  },
  pause: async () => {},
  tidyUp: async () => {
    if (++blocks % BLOCKS_UNTIL_COLLECTED === 0) collect();
    // Others may have compiled something in the meantime.
    await setImmediate();
  },
  share: (made) => tell({ programs: made }),
});
port.unref();
