import type { Cell } from './heap.ts';

const WORD = 32;

/** A set of cells by their numbers. Copied at every branch of the code, hence bits and not a Set. */
export class CellSet {
  private words: Uint32Array;

  constructor(words = new Uint32Array(8)) {
    this.words = words;
  }

  has({ number }: Cell): boolean {
    const word = number >>> 5;
    return word < this.words.length && (this.words[word] & (1 << (number % WORD))) !== 0;
  }

  add({ number }: Cell): void {
    const word = number >>> 5;
    if (word >= this.words.length) this.grow(word + 1);
    this.words[word] |= 1 << (number % WORD);
  }

  copy(): CellSet {
    return new CellSet(this.words.slice());
  }

  /** Takes out what is not in the other set. */
  keep({ words }: CellSet): void {
    for (let word = 0; word < this.words.length; word++) this.words[word] &= words[word] ?? 0;
  }

  /** Takes out what is in the other set. */
  drop({ words }: CellSet): void {
    const shared = Math.min(words.length, this.words.length);
    for (let word = 0; word < shared; word++) this.words[word] &= ~words[word];
  }

  /** Takes in what is in the other set. */
  include({ words }: CellSet): void {
    if (words.length > this.words.length) this.grow(words.length);
    for (let word = 0; word < words.length; word++) this.words[word] |= words[word];
  }

  private grow(words: number): void {
    const larger = new Uint32Array(Math.max(words, this.words.length * 2));
    larger.set(this.words);
    this.words = larger;
  }
}
