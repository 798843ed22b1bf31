import { Worker } from 'node:worker_threads';
import type { ProgramData } from '../compiler/program-data.ts';
import type { BlockOutcome, BlocksOrder } from './block.ts';

/** What a helper tells: how a block went, or what it has compiled that others can use. */
export type HelperMessage =
  | { readonly outcome: BlockOutcome }
  | { readonly programs: readonly ProgramData[] };

/** What a thread that helps with a run is given. */
export interface HelperData {
  readonly order: BlocksOrder;
  readonly member: number;
  /** Of the team's state. */
  readonly words: Int32Array;
}

/** A run leaves little garbage: a larger nursery would only let the process grow. */
const YOUNG_GENERATION_MB = 3;

/**
 * A thread that runs blocks of a run, once it has been told what is compiled already; later it is told of more. It
 * begins by itself: the thread that starts it is soon too busy to hand out work, so a pool would have to wait for it.
 */
export class Helper {
  /** Rejects with what goes wrong in the thread. */
  readonly done: Promise<void>;
  private readonly worker: Worker;

  constructor(helperData: HelperData, listen: (message: HelperMessage, from: Helper) => void) {
    this.worker = new Worker(new URL('./block-worker.js', import.meta.url), {
      workerData: helperData,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    this.worker.on('message', (message: HelperMessage) => listen(message, this));
    this.done = new Promise((resolve, reject) => {
      this.worker.once('error', reject).once('exit', () => resolve());
    });
  }

  tell(programs: readonly ProgramData[]): void {
    this.worker.postMessage(programs);
  }

  async end(): Promise<void> {
    await this.worker.terminate();
  }
}
