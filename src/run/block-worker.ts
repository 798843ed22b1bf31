import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { ProgramData } from '../compiler/program-data.ts';
import { garbageCollector } from '../io/garbage.ts';
import { runBlocks } from './block.ts';
import type { HelperData, HelperMessage } from './helper.ts';
import { TeamState } from './team-state.ts';

/** Collecting takes as long as a third of a block. */
const BLOCKS_UNTIL_COLLECTED = 30;

const collect = garbageCollector();
let blocks = 0;
const port = parentPort!;
const { order, member, words } = workerData as HelperData;
/** What others have compiled, until it is taken over. */
const programs: ProgramData[] = [];
port.on('message', (more: readonly ProgramData[]) => programs.push(...more));
const isTold = once(port, 'message');
const tell = (message: HelperMessage) => port.postMessage(message);

await runBlocks(order, {
  team: TeamState.seenBy(member, words),
  deliver: (outcome) => tell({ outcome }),
  prepare: async (driver, { lanes }) => {
    for (const lane of lanes) driver.study(lane);
    await isTold;
  },
  pause: async () => {},
  tidyUp: async () => {
    if (++blocks % BLOCKS_UNTIL_COLLECTED === 0) collect();
    // What others tell is heard now.
    await setImmediate();
  },
  share: (made) => tell({ programs: made }),
  received: () => programs.splice(0),
});
port.unref();
