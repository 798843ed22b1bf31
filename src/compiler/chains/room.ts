import type { Heap } from '../heap.ts';

/** A memo: the range of the argument that it holds for, and the value, beside those of three others. */
export const MEMO_BYTES = 32;
export const MOST_MEMOS = 1000;
const WORDS_BYTES = 16_384;
const SCRATCH_BYTES = 8192;
/** One of the two of a double buffer. */
export const COPY_BYTES = 8192;

/** Address of the number of arrays that have been moved: what was known of them may not hold any more. */
export const MOVES = 8;

/** Memory that chains have for themselves, by addresses. */
export interface Room {
  /** Constants. */
  readonly words: number;
  /** Values that are computed ahead. */
  readonly scratch: number;
  /** The double buffer: one behind the other. */
  readonly copies: number;
  readonly memos: number;
  readonly end: number;
}

export function reserveRoom(heap: Heap): Room {
  const words = heap.allocateVectors(WORDS_BYTES + SCRATCH_BYTES + 2 * COPY_BYTES + MOST_MEMOS * MEMO_BYTES);
  const scratch = words + WORDS_BYTES;
  const copies = scratch + SCRATCH_BYTES;
  const memos = copies + 2 * COPY_BYTES;
  return { words, scratch, copies, memos, end: memos + MOST_MEMOS * MEMO_BYTES };
}
