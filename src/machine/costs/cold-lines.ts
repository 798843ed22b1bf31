import { RandomStream } from '../../simulation/random.ts';
import {
  binomialQuantiles,
  exponentialQuantiles,
  negativeExponential,
  QUANTILE_ENTRIES,
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
const STEP_BITS = 2;
const STEPS_PER_OCTAVE = 1 << STEP_BITS;
const OLDEST_STEP = 56;
const STEPS = OLDEST_STEP + 1;
const AGE_SCALE = 256;
/** Entries of the table of dwell times and of the levels of pressure. */
const DWELL_ENTRIES = 4096;
const LEVELS = 1024;
/** A copy that V8 folds into the code, as it does not with what another module exports. */
const ENTRY_SHIFT = QUANTILE_SHIFT;

/** Age at which each step begins; the last one never ends. In the first two octaves only whole ages count. */
const YOUNGEST = Float64Array.from({ length: STEPS + 1 }, (_, step) => {
  if (step > OLDEST_STEP) return Number.POSITIVE_INFINITY;
  return Math.ceil(octaveOf(step) * (1 + (step % STEPS_PER_OCTAVE) / STEPS_PER_OCTAVE));
});

function octaveOf(step: number): number {
  return 2 ** Math.floor(step / STEPS_PER_OCTAVE);
}

/** Where the table for each step of the age begins in the pool; -1 until it is needed. */
type StepTables = Int32Array;
const NOT_BUILT = -1;
/** Tables that a pool has room for before it grows. */
const FIRST_TABLES = 64;

/** The lines of one stage: 0 when nothing can go missing. */
export class StageLines {
  /** Where the table of its last draw begins, and the ages that it holds for. */
  table = 0;
  youngest = Number.POSITIVE_INFINITY;
  oldest = 0;
  /** The same of the table before. A stage that runs twice in a loop goes to and fro between two. */
  private otherTable = 0;
  private otherYoungest = Number.POSITIVE_INFINITY;
  private otherOldest = 0;
  stream: RandomStream | null = null;
  lastRun: Cycles = 0;

  constructor(
    readonly lines: number,
    /** Name of its random stream. */
    readonly name: string,
    /** From `ColdLines.tablesOf`. */
    public tables: StepTables,
  ) {}

  /** Takes the table before the last one. */
  swapTables(): void {
    const { table, youngest, oldest } = this;
    this.table = this.otherTable | 0;
    this.youngest = this.otherYoungest;
    this.oldest = this.otherOldest;
    this.otherTable = table | 0;
    this.otherYoungest = youngest;
    this.otherOldest = oldest;
  }

  /** Has no table any more. */
  forgetTables(): void {
    this.youngest = Number.POSITIVE_INFINITY;
    this.oldest = 0;
    this.otherYoungest = Number.POSITIVE_INFINITY;
    this.otherOldest = 0;
  }
}

/** Quantiles of the cycles of misses, whole ones, table after table in one array, which is replaced when it grows. */
class TablePool {
  cycles = new Float64Array(FIRST_TABLES * QUANTILE_ENTRIES);
  private used = 0;
  private readonly tables = new Map<number, StepTables>();

  constructor(readonly missCycles: Cycles) {}

  /** The tables of all stages of this number of lines. */
  tablesOf(lines: number): StepTables {
    const tables = this.tables.get(lines) ?? new Int32Array(STEPS).fill(NOT_BUILT);
    this.tables.set(lines, tables);
    return tables;
  }

  /** Adds a table; where it begins. */
  add(lines: number, step: number): number {
    const begin = this.used;
    this.used += QUANTILE_ENTRIES;
    if (this.used > this.cycles.length) this.grow();
    const counts = missQuantiles(lines, step);
    for (let entry = 0; entry < QUANTILE_ENTRIES; entry++)
      this.cycles[begin + entry] = Math.trunc(counts[entry] * this.missCycles);
    return begin;
  }

  private grow(): void {
    const cycles = new Float64Array(2 * this.cycles.length);
    cycles.set(this.cycles);
    this.cycles = cycles;
  }
}

export class ColdLines {
  /** Expected evictions per cycle at the moment, scaled so that an age of 1 is 1/256 of a lifetime. */
  private rate: number;
  private levelEnds = 0;
  private readonly levels: Float64Array;
  private readonly dwell: Float64Array;
  private readonly pressure: RandomStream;
  private pool: TablePool;

  constructor(
    private readonly parameters: ColdParameters,
    private readonly seed: string,
  ) {
    this.pressure = new RandomStream(seed, 'pressure');
    this.levels = pressureLevels(parameters);
    dwellQuantiles ??= exponentialQuantiles(DWELL_ENTRIES);
    this.dwell = dwellQuantiles;
    this.pool = poolWith(parameters.missCycles);
    this.rate = parameters.evictionsPerCycle * AGE_SCALE;
  }

  /** The tables that all stages of this number of lines share. */
  tablesOf(lines: number): StepTables {
    return this.pool.tablesOf(lines);
  }

  /** Makes all streams at once instead of when they are needed, and tables that no other machine adds to. */
  makeOwn(stages: readonly StageLines[]): void {
    const { missCycles } = this.parameters;
    const returned = RETURNED.findIndex((pool) => pool.missCycles === missCycles);
    this.pool = returned === -1 ? new TablePool(missCycles) : RETURNED.splice(returned, 1)[0];
    for (const stage of stages) {
      if (stage.lines > 0 && stage.stream === null) this.openStream(stage);
      stage.tables = this.pool.tablesOf(stage.lines);
      stage.forgetTables();
    }
  }

  /** Leaves what `makeOwn` has made to the next machine; this one must not run again. */
  returnOwn(): void {
    RETURNED.unshift(this.pool);
    RETURNED.length = Math.min(RETURNED.length, MOST_RETURNED);
  }

  /**
   * Cycles that the misses of a stage cost that begins `now`, unused for `unused` cycles before. That the
   * table is mostly the one of the last draw is for the CPU to guess: choosing it anew would make each draw wait for
   * the one before it.
   */
  draw(stage: StageLines, unused: Cycles, now: Cycles): Cycles {
    if (now >= this.levelEnds) this.changePressure(now);
    const age = unused * this.rate;
    if (age < 1) return 0;
    const table = this.tableFor(stage, age);
    return this.pool.cycles[table + (stage.stream!.next() >>> ENTRY_SHIFT)];
  }

  /** Where the table for an age begins. Depends on nothing else: what the stage remembers of it only saves time. */
  private tableFor(stage: StageLines, age: number): number {
    if (age < stage.youngest || age >= stage.oldest) this.turnTo(stage, age);
    return stage.table;
  }

  private turnTo(stage: StageLines, age: number): void {
    stage.swapTables();
    if (age < stage.youngest || age >= stage.oldest) this.chooseTable(stage, age);
  }

  private changePressure(now: Cycles): void {
    const { pressureDwellCycles } = this.parameters;
    while (now >= this.levelEnds) {
      const wait = this.dwell[this.pressure.next() >>> 20] * pressureDwellCycles;
      this.levelEnds += Math.floor(wait / 2 ** 20) + 1;
      this.rate = this.levels[this.pressure.next() >>> 22];
    }
  }

  private chooseTable(stage: StageLines, age: number): void {
    const step = ageStep(age);
    if (stage.stream === null) this.openStream(stage);
    if (stage.tables[step] === NOT_BUILT) this.buildTable(stage, step);
    stage.table = stage.tables[step] | 0;
    stage.youngest = YOUNGEST[step];
    stage.oldest = YOUNGEST[(step + 1) | 0];
  }

  private openStream(stage: StageLines): void {
    stage.stream = new RandomStream(this.seed, stage.name);
  }

  private buildTable({ lines, tables }: StageLines, step: number): void {
    tables[step] = this.pool.add(lines, step);
  }
}

let dwellQuantiles: Float64Array | null = null;

/** The tables of the machine before, which the next one needs too if its misses cost the same. */
let latest: TablePool | null = null;
/** The same of machines that had their own and are done, a few. */
const RETURNED: TablePool[] = [];
const MOST_RETURNED = 8;

function poolWith(missCycles: Cycles): TablePool {
  if (latest?.missCycles !== missCycles) latest = new TablePool(missCycles);
  return latest;
}

/** Tables that any machine of this process has needed: they depend on nothing but their key, and take long to make. */
const KNOWN = new Map<number, Uint32Array>();

/** Quantiles of the number of lines, of so many, that are gone at an age. */
function missQuantiles(lines: number, step: number): Uint32Array {
  const key = lines * STEPS + step;
  let misses = KNOWN.get(key);
  if (misses === undefined) {
    const lifetimes = octaveOf(step) * (1 + ((step % STEPS_PER_OCTAVE) + 0.5) / STEPS_PER_OCTAVE);
    misses = Uint32Array.from(binomialQuantiles(lines, 1 - negativeExponential(lifetimes / AGE_SCALE)));
    KNOWN.set(key, misses);
  }
  return misses;
}

/**
 * Logarithmic step of an age of 1 or more: its octave and two more bits, as far as whole numbers have them. In integers
 * of 32 bits throughout, since a stage that runs twice in a loop is asked for its step each time.
 */
function ageStep(exact: number): number {
  if (exact >= 2 ** 14) return OLDEST_STEP;
  const age = exact | 0;
  const octave = (31 - Math.clz32(age)) | 0;
  return ((octave << STEP_BITS) + (((age << STEP_BITS) >>> octave) & (STEPS_PER_OCTAVE - 1))) | 0;
}

/** Eviction rates of equal probability: the usual one, and for the share of bursts a higher one. */
function pressureLevels({ evictionsPerCycle, burstShare, burst }: ColdParameters): Float64Array {
  const usual = evictionsPerCycle * AGE_SCALE;
  const levels = new Float64Array(LEVELS).fill(usual);
  return levels.fill(usual * (1 + burst), 0, Math.round(LEVELS * burstShare));
}
