import { RandomStream } from '../../simulation/random.ts';
import { exponentialQuantiles } from '../../simulation/tables.ts';
import type { Cycles } from '../../time.ts';
import type { NoiseConfig } from '../config.ts';

const ENTRIES = 4096;
const UNIT = 2 ** 20;
let waits: Float64Array | null = null;

/** A source of interruptions: memoryless arrivals, each lasting a time drawn uniformly from a range. */
export class NoiseArrivals {
  private readonly stream: RandomStream;
  private readonly meanCycles: Cycles;
  private readonly waits: Float64Array;

  constructor(
    private readonly config: NoiseConfig,
    tscKhz: number,
    seed: string,
    name: string,
  ) {
    waits ??= exponentialQuantiles(ENTRIES);
    this.waits = waits;
    this.stream = new RandomStream(seed, name);
    this.meanCycles = (tscKhz * 1000) / config.perSecond;
  }

  /** Time of the arrival after `now`. */
  next(now: Cycles): Cycles {
    const wait = this.waits[this.stream.next() >>> 20] * this.meanCycles;
    return now + 1 + Math.floor(wait / UNIT);
  }

  duration(): Cycles {
    return this.stream.between(this.config.minCycles, this.config.maxCycles);
  }
}

/** Null when the scenario has no such noise, or none per second. */
export function noiseArrivals(
  config: NoiseConfig | null,
  tscKhz: number,
  seed: string,
  name: string,
): NoiseArrivals | null {
  return config === null || config.perSecond === 0 ? null : new NoiseArrivals(config, tscKhz, seed, name);
}
