import { RandomStream } from '../../simulation/random.ts';
import {
  binomialQuantiles,
  exponentialQuantiles,
  negativeExponential,
  QUANTILE_ENTRIES,
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
const STEPS = OLDEST_STEP + 1;
const AGE_SCALE = 256;
/** Entries of the table of dwell times and of the levels of pressure. */
const DWELL_ENTRIES = 4096;
const LEVELS = 1024;

/** Age at which each step begins; the last one never ends. In the first two octaves only whole ages count. */
const STEP_BEGINS = Float64Array.from({ length: STEPS + 1 }, (_, step) => {
  if (step > OLDEST_STEP) return Number.POSITIVE_INFINITY;
  return Math.ceil(octaveOf(step) * (1 + (step % STEPS_PER_OCTAVE) / STEPS_PER_OCTAVE));
});

function octaveOf(step: number): number {
  return 2 ** Math.floor(step / STEPS_PER_OCTAVE);
}

/** Quantiles of the number of lines that are gone, for an age and a number of lines. */
export interface MissTable {
  /** Where it begins in `ColdLines.misses`. */
  readonly begin: number;
  /** The ages it holds for: from `youngest` up to, but without, `oldest`. */
  readonly youngest: number;
  readonly oldest: number;
}

export class ColdLines {
  /** Expected evictions per cycle at the moment, scaled so that an age of 1 is 1/256 of a lifetime. */
  rate: number;
  /** Until when the pressure stays as it is. */
  levelEnds: Cycles = 0;
  /** All tables that have been needed so far, one after the other. */
  misses = new Uint16Array(64 * QUANTILE_ENTRIES);
  private used = 0;
  private readonly begins = new Map<number, number>();
  private readonly levels: Float64Array;
  private readonly dwell: Float64Array;
  private readonly pressure: RandomStream;

  constructor(
    private readonly parameters: ColdParameters,
    seed: string,
  ) {
    this.pressure = new RandomStream(seed, 'pressure');
    this.levels = pressureLevels(parameters);
    this.dwell = exponentialQuantiles(DWELL_ENTRIES);
    this.rate = parameters.evictionsPerCycle * AGE_SCALE;
  }

  get missCycles(): Cycles {
    return this.parameters.missCycles;
  }

  /** Brings the pressure up to the present. */
  changePressure(now: Cycles): void {
    const { pressureDwellCycles } = this.parameters;
    while (now >= this.levelEnds) {
      const wait = this.dwell[this.pressure.next() >>> 20] * pressureDwellCycles;
      this.levelEnds += Math.floor(wait / 2 ** 20) + 1;
      this.rate = this.levels[this.pressure.next() >>> 22];
    }
  }

  /** `age`: cycles without use times `rate`, 1 or more. */
  tableFor(lines: number, age: number): MissTable {
    const step = ageStep(age);
    const key = lines * STEPS + step;
    const begin = this.begins.get(key) ?? this.addTable(lines, step);
    this.begins.set(key, begin);
    return { begin, youngest: STEP_BEGINS[step], oldest: STEP_BEGINS[step + 1] };
  }

  private addTable(lines: number, step: number): number {
    const lifetimes = octaveOf(step) * (1 + ((step % STEPS_PER_OCTAVE) + 0.5) / STEPS_PER_OCTAVE);
    const evicted = 1 - negativeExponential(lifetimes / AGE_SCALE);
    const begin = this.used;
    this.used += QUANTILE_ENTRIES;
    if (this.used > this.misses.length) this.grow();
    this.misses.set(binomialQuantiles(lines, evicted), begin);
    return begin;
  }

  private grow(): void {
    const misses = new Uint16Array(this.misses.length * 2);
    misses.set(this.misses);
    this.misses = misses;
  }
}

/** Logarithmic step of an age of 1 or more: its octave and two more bits, as far as whole numbers have them. */
function ageStep(exact: number): number {
  if (exact >= 2 ** 14) return OLDEST_STEP;
  const age = exact | 0;
  const octave = 31 - Math.clz32(age);
  return octave * STEPS_PER_OCTAVE + (((age << 2) >>> octave) & 3);
}

/** Eviction rates of equal probability: the usual one, and for the share of bursts a higher one. */
function pressureLevels({ evictionsPerCycle, burstShare, burst }: ColdParameters): Float64Array {
  const usual = evictionsPerCycle * AGE_SCALE;
  const levels = new Float64Array(LEVELS).fill(usual);
  return levels.fill(usual * (1 + burst), 0, Math.round(LEVELS * burstShare));
}
