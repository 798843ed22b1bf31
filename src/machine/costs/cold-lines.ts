import { RandomStream } from '../../simulation/random.ts';
import {
  binomialQuantiles,
  exponentialQuantiles,
  negativeExponential,
  QUANTILE_SHIFT,
} from '../../simulation/tables.ts';
import type { Cycles } from '../../time.ts';

/**
 * The cold path. Code that runs once a millisecond does not find its cache lines where it left them: neighbours
 * evict them (on an inclusive last-level cache even out of the private caches of a core that only polls). A line
 * that has not been used for a time t is still there with probability e^(-rate * t); each one that is gone costs one
 * access to memory. The rate rises now and then with what the neighbours do.
 *
 * One mechanism serves hot loops (t of a few microseconds: nothing is gone) and a 1 ms cyclictest alike.
 */
export interface ColdParameters {
  readonly evictionsPerCycle: number;
  /** Share of the time in which the rate is raised, and by how much, relative to the usual rate. */
  readonly burstShare: number;
  readonly burst: number;
  readonly pressureDwellCycles: Cycles;
  readonly missCycles: Cycles;
}

/** Steps of the age of a line: four for each doubling, from 2^-8 to 2^6 mean lifetimes. */
const STEPS_PER_OCTAVE = 4;
const OLDEST_STEP = 56;
const AGE_SCALE = 256;
/** Entries of the table of dwell times and of the levels of pressure. */
const DWELL_ENTRIES = 4096;
const LEVELS = 1024;

export class ColdLines {
  /** Expected evictions per cycle at the moment, scaled so that an age of 1 is 1/256 of a lifetime. */
  private rate: number;
  private levelEnds = 0;
  private readonly levels: Float64Array;
  private readonly dwell: Float64Array;
  private readonly pressure: RandomStream;
  private readonly rows: (Uint16Array | null)[][] = [];

  constructor(
    private readonly parameters: ColdParameters,
    seed: string,
  ) {
    this.pressure = new RandomStream(seed, 'pressure');
    this.levels = pressureLevels(parameters);
    this.dwell = exponentialQuantiles(DWELL_ENTRIES);
    this.rate = parameters.evictionsPerCycle * AGE_SCALE;
  }

  /** Cycles that the misses of a stage of `lines` lines cost, unused for `unused` cycles. */
  draw(lines: number, unused: Cycles, now: Cycles, stream: RandomStream): Cycles {
    if (now >= this.levelEnds) this.changePressure(now);
    const age = (unused * this.rate) | 0;
    if (age === 0 && unused * this.rate < 1) return 0;
    const step = ageStep(age, unused * this.rate);
    const table = this.rows[lines]?.[step] ?? this.buildRow(lines, step);
    return table[stream.next() >>> QUANTILE_SHIFT];
  }

  private changePressure(now: Cycles): void {
    const { pressureDwellCycles } = this.parameters;
    while (now >= this.levelEnds) {
      const wait = this.dwell[this.pressure.next() >>> 20] * pressureDwellCycles;
      this.levelEnds += Math.floor(wait / 2 ** 20) + 1;
      this.rate = this.levels[this.pressure.next() >>> 22];
    }
  }

  private buildRow(lines: number, step: number): Uint16Array {
    const lifetimes = 2 ** Math.floor(step / STEPS_PER_OCTAVE) * (1 + ((step % STEPS_PER_OCTAVE) + 0.5) / 4);
    const evicted = 1 - negativeExponential(lifetimes / AGE_SCALE);
    const misses = binomialQuantiles(lines, evicted);
    this.rows[lines] ??= new Array(OLDEST_STEP + 1).fill(null);
    this.rows[lines][step] = misses.map((count) => count * this.parameters.missCycles);
    return this.rows[lines][step];
  }
}

/** Logarithmic step of an age: its octave and two more bits. */
function ageStep(age: number, exact: number): number {
  if (exact >= 2 ** 14) return OLDEST_STEP;
  const octave = 31 - Math.clz32(age);
  const fraction = octave >= 2 ? (age >>> (octave - 2)) & 3 : (age << (2 - octave)) & 3;
  return octave * STEPS_PER_OCTAVE + fraction;
}

/** Eviction rates of equal probability: the usual one, and for the share of bursts a higher one. */
function pressureLevels({ evictionsPerCycle, burstShare, burst }: ColdParameters): Float64Array {
  const usual = evictionsPerCycle * AGE_SCALE;
  const levels = new Float64Array(LEVELS).fill(usual);
  return levels.fill(usual * (1 + burst), 0, Math.round(LEVELS * burstShare));
}
