import { runTrial } from './trial.ts';

/** What a worker thread of a fit does. */
export default runTrial;
