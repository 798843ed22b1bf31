import { runBlock } from './block.ts';

/** What a worker thread of a long run does. */
export default runBlock;
