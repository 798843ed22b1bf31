const STOP = 0;
const NEXT = 1;
const FIRST_MEMBER = 2;

/** What the threads of one run share in memory: which block comes next, whether to stop, and how far each has come. */
export class TeamState {
  private constructor(
    /** To be handed to another thread. */
    readonly words: Int32Array,
    private readonly member: number,
  ) {}

  static create(members: number): TeamState {
    return new TeamState(new Int32Array(new SharedArrayBuffer(4 * (FIRST_MEMBER + members))), 0);
  }

  /** The same state as another member sees it. */
  static seenBy(member: number, words: Int32Array): TeamState {
    return new TeamState(words, member);
  }

  /** One of the members may do something for all. */
  get isFirst(): boolean {
    return this.member === 0;
  }

  /** How many threads share the run. */
  get members(): number {
    return this.words.length - FIRST_MEMBER;
  }

  /** The number of the next block, which nobody else gets. */
  takeBlock(): number {
    return Atomics.add(this.words, NEXT, 1);
  }

  stop(): void {
    Atomics.store(this.words, STOP, 1);
  }

  get stopped(): boolean {
    return Atomics.load(this.words, STOP) === 1;
  }

  /** Tells how many samples of its block this member has. */
  report(samples: number): void {
    Atomics.store(this.words, FIRST_MEMBER + this.member, samples);
  }

  /** Samples of all blocks that are being run. */
  get underWay(): number {
    return this.words.subarray(FIRST_MEMBER).reduce((sum, samples) => sum + samples, 0);
  }
}
