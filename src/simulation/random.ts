import { seedWords } from './seed-words.ts';

const UINT32 = 0x1_0000_0000;

/**
 * A named stream of random 32-bit integers. The scenario's seed and the name decide the whole sequence, so two
 * machines that differ in one setting share every stream they both use (common random numbers), and a new source
 * of noise does not shift the old ones.
 *
 * The draws are sfc32 (C. Doty-Humphrey, PractRand): 32-bit integer arithmetic only, hence the same bits
 * everywhere. ARC4 turns text into its initial state, once per stream.
 */
export class RandomStream {
  private a: number;
  private b: number;
  private c: number;
  private counter: number;

  constructor(seed: string, name: string) {
    const words = seedWords(`${seed}/${name}`, 3);
    this.a = words[0];
    this.b = words[1];
    this.c = words[2];
    this.counter = 1;
  }

  /** The next integer, 0 … 2^32 - 1. */
  next(): number {
    const { a, b, c, counter } = this;
    const sum = (a + b + counter) | 0;
    this.counter = (counter + 1) | 0;
    this.a = b ^ (b >>> 9);
    this.b = (c + (c << 3)) | 0;
    this.c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** An integer in 0 … limit - 1, for limits up to 2^21 (the product stays exact). */
  below(limit: number): number {
    return Math.floor((this.next() * limit) / UINT32);
  }

  /** Uniform between two whole numbers, both included; spans up to 2^53 - 1. */
  between(low: number, high: number): number {
    return low + Math.floor((this.next() / UINT32) * (high - low + 1));
  }
}
