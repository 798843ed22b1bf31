import type { Heap } from '../heap.ts';

/** Four integers side by side. */
export const VECTOR_BYTES = 16;
/** A memo: the value, and the range of the argument that it holds for. */
export const MEMO_BYTES = 24;
export const MOST_MEMOS = 1000;
const WORDS_BYTES = 16_384;
const SCRATCH_BYTES = 8192;

/** Address of the number of arrays that have been moved: what was known of them may not hold any more. */
export const MOVES = 8;

/** Memory that chains have for themselves, by addresses. */
export interface Room {
  readonly memos: number;
  /** Constants. */
  readonly words: number;
  /** Values that are computed ahead. */
  readonly scratch: number;
  readonly end: number;
}

export function reserveRoom(heap: Heap): Room {
  const begin = VECTOR_BYTES * Math.ceil(heap.allocate(VECTOR_BYTES) / VECTOR_BYTES);
  const words = begin;
  const scratch = words + WORDS_BYTES;
  const memos = scratch + SCRATCH_BYTES;
  const end = memos + MOST_MEMOS * MEMO_BYTES;
  heap.allocate(end - begin);
  return { words, scratch, memos, end };
}
