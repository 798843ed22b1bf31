import seedrandom from 'seedrandom';

const UINT32 = 0x1_0000_0000;
/** Words of state of one stream. */
const STATE = 4;

/**
 * Named streams of random 32-bit integers, their states side by side. The scenario's seed and the name decide a whole
 * sequence, so two machines that differ in one setting share every stream they both use (common random numbers), and
 * a new source of noise does not shift the old ones.
 *
 * The draws are sfc32 (C. Doty-Humphrey, PractRand): 32-bit integer arithmetic only, hence the same bits
 * everywhere. seedrandom turns text into its initial state, once per stream.
 */
export class RandomStreams {
  private readonly state: Int32Array;

  constructor(
    private readonly seed: string,
    streams: number,
  ) {
    this.state = new Int32Array(streams * STATE);
  }

  /** A stream has to be opened before its first number. */
  open(stream: number, name: string): void {
    const source = seedrandom(`${this.seed}/${name}`);
    this.state.set([source.int32(), source.int32(), source.int32(), 1], stream * STATE);
  }

  /** The next integer of a stream, 0 … 2^32 - 1. */
  next(stream: number): number {
    const { state } = this;
    const at = stream * STATE;
    const b = state[at + 1];
    const c = state[at + 2];
    const counter = state[at + 3];
    const sum = (state[at] + b + counter) | 0;
    state[at] = b ^ (b >>> 9);
    state[at + 1] = (c + (c << 3)) | 0;
    state[at + 2] = (((c << 21) | (c >>> 11)) + sum) | 0;
    state[at + 3] = (counter + 1) | 0;
    return sum >>> 0;
  }

  /** Numbers drawn so far, modulo 2^32: a stream counts them anyway. */
  drawn(stream: number): number {
    return Math.max(0, (this.state[stream * STATE + 3] >>> 0) - 1);
  }
}

/** One named stream. */
export class RandomStream {
  private readonly streams: RandomStreams;

  constructor(seed: string, name: string) {
    this.streams = new RandomStreams(seed, 1);
    this.streams.open(0, name);
  }

  /** The next integer, 0 … 2^32 - 1. */
  next(): number {
    return this.streams.next(0);
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
