import { NEVER } from '../../simulation/agenda.ts';
import { RandomStreams } from '../../simulation/random.ts';
import { QUANTILE_SHIFT } from '../../simulation/tables.ts';
import type { Cycles } from '../../time.ts';
import { ColdLines } from './cold-lines.ts';
import type { CostName, CostProfile } from './profile.ts';
import { STAGE_NAMES, STAGES, type StageId, type StageRow } from './stages.ts';

export interface CostSettings {
  readonly profile: CostProfile;
  readonly seed: string;
  /** Relative eviction rate of the neighbours. */
  readonly memoryPressure: number;
  /** Cycles that the mitigations add to every exit and every entry. */
  readonly mitigationExitCycles: Cycles;
  readonly mitigationEntryCycles: Cycles;
  /** Period of the housekeeping CPU's tick on this CPU's TSC: when it writes the lines that all CPUs read. */
  readonly housekeepingTickCycles: number;
}

/** A copy that V8 folds into the code, as it does not with what another module exports. */
const ENTRY_SHIFT = QUANTILE_SHIFT;

/** What the model knows of a stage, side by side: when it ran last, the ages its table holds for, its fixed costs. */
const LAST_RUN = 0;
const YOUNGEST = 1;
const OLDEST = 2;
const WARM = 3;
/** Lines that the housekeeping CPU's tick writes (timekeeper, jiffies, RCU state): gone if it ticked since. */
const SHARED = 4;
const ROW = 8;
const NEVER_COLD = -1;
/** Before the beginning, and still a number to reckon with. */
const LONG_AGO = Number.MIN_SAFE_INTEGER;

/** What each stage costs on one CPU: warm cycles fixed, cold misses drawn from the stage's own stream. */
export class CostModel {
  private readonly rows = new Float64Array(STAGE_NAMES.length * ROW);
  /** Where the table of a stage's last draw begins. */
  private readonly tables = new Int32Array(STAGE_NAMES.length).fill(NEVER_COLD);
  private readonly lines: readonly number[];
  private readonly streams: RandomStreams;
  private readonly cold: ColdLines;
  private readonly housekeepingTickCycles: number;
  private readonly one = { stage: new Uint8Array(1), end: new Float64Array(1) };

  constructor(settings: CostSettings) {
    const { profile, seed } = settings;
    this.cold = coldLines(settings);
    this.housekeepingTickCycles = settings.housekeepingTickCycles;
    this.streams = new RandomStreams(seed, STAGE_NAMES.length);
    this.lines = STAGE_NAMES.map((name) => (isEverCold(settings) ? linesOf(name, profile) : 0));
    STAGE_NAMES.forEach((name, stage) => {
      const shared = Math.round(STAGES[name].sharedLines * profile.costs.shared_miss_cycles.value);
      const warm = warmCycles(name, STAGES[name], settings);
      this.rows.set([0, Number.POSITIVE_INFINITY, 0, warm, shared], stage * ROW);
      if (this.lines[stage] > 0) this.tables[stage] = 0;
    });
  }

  /** Cycles of one run of a stage that begins now. */
  draw(stage: StageId, now: Cycles): Cycles {
    this.one.stage[0] = stage;
    this.drawRow(this.one.stage, this.one.end, 0, 1, now, NEVER);
    return this.one.end[0] - now;
  }

  /**
   * Runs the stages `from` … `to - 1` one after the other from `begin` on and writes when each ends. Stops after the
   * first that ends at `limit` or later; returns the index of the next. Most of the time of a simulation is spent
   * here, hence one loop without a call; what it cannot decide by itself is looked up outside, and it goes on.
   */
  drawRow(
    stages: Uint8Array,
    ends: Float64Array,
    from: number,
    to: number,
    begin: Cycles,
    limit: Cycles,
  ): number {
    const { rows, tables, streams, housekeepingTickCycles, cold } = this;
    const { missCycles } = cold;
    let now = begin;
    let index = from;
    for (;;) {
      const { misses, rate, levelEnds } = cold;
      for (; index < to; index++) {
        const stage = stages[index];
        const row = stage * ROW;
        let cycles = rows[row + WARM];
        const table = tables[stage];
        if (table !== NEVER_COLD) {
          if (now >= levelEnds) break;
          const lastRun = rows[row + LAST_RUN];
          const age = (now - lastRun) * rate;
          if (age >= 1) {
            if (age < rows[row + YOUNGEST] || age >= rows[row + OLDEST]) break;
            cycles += misses[table + (streams.next(stage) >>> ENTRY_SHIFT)] * missCycles;
          }
          const shared = rows[row + SHARED];
          if (shared !== 0 && hasTicked(lastRun, now, housekeepingTickCycles)) cycles += shared;
          rows[row + LAST_RUN] = now;
        }
        now += cycles;
        ends[index] = now;
        if (now >= limit) return index + 1;
      }
      if (index === to) return index;
      this.lookUp(stages[index], now);
    }
  }

  /** The pressure of this moment, and the table for the age of the lines under it. */
  private lookUp(stage: StageId, now: Cycles): void {
    const { cold, rows } = this;
    if (now >= cold.levelEnds) cold.changePressure(now);
    const row = stage * ROW;
    const age = (now - rows[row + LAST_RUN]) * cold.rate;
    if (age < 1 || (age >= rows[row + YOUNGEST] && age < rows[row + OLDEST])) return;
    if (rows[row + OLDEST] === 0) this.streams.open(stage, STAGE_NAMES[stage]);
    const { begin, youngest, oldest } = cold.tableFor(this.lines[stage], age);
    this.tables[stage] = begin;
    rows[row + YOUNGEST] = youngest;
    rows[row + OLDEST] = oldest;
  }

  /** The thread has come to another CPU: nothing of it is in the private caches there. */
  forgetEverything(): void {
    for (let row = 0; row < this.rows.length; row += ROW) this.rows[row + LAST_RUN] = LONG_AGO;
  }

  /** The fixed part alone. */
  warmCycles(stage: StageId): Cycles {
    return this.rows[stage * ROW + WARM];
  }

  /** What a stage costs at most: all its lines are gone. */
  mostCycles(stage: StageId): Cycles {
    if (this.lines[stage] === 0) return this.warmCycles(stage);
    return (
      this.warmCycles(stage) + this.rows[stage * ROW + SHARED] + this.lines[stage] * this.cold.missCycles
    );
  }
}

function hasTicked(since: Cycles, now: Cycles, period: number): boolean {
  return Math.floor(now / period) !== Math.floor(since / period);
}

function instructionsOf(name: string, row: StageRow, profile: CostProfile): number {
  return profile.stages?.[name]?.value ?? row.instructions;
}

function warmCycles(name: string, row: StageRow, settings: CostSettings): Cycles {
  if (name === 'hardware.mitigations_exit') return settings.mitigationExitCycles;
  if (name === 'hardware.mitigations_entry') return settings.mitigationEntryCycles;
  const { costs } = settings.profile;
  const hardware = row.hardware === null ? 0 : costs[row.hardware as CostName].value;
  const code = instructionsOf(name, row, settings.profile) * costs.cycles_per_kilo_instruction.value;
  return Math.round(hardware + code / 1000);
}

function isEverCold({ profile: { costs }, memoryPressure }: CostSettings): boolean {
  return costs.evictions_per_second.value * memoryPressure > 0 && costs.miss_cycles.value > 0;
}

function linesOf(name: (typeof STAGE_NAMES)[number], profile: CostProfile): number {
  const instructions = instructionsOf(name, STAGES[name], profile);
  return Math.round((instructions * profile.costs.lines_per_kilo_instruction.value) / 1000);
}

function coldLines({ profile, seed, memoryPressure }: CostSettings): ColdLines {
  const { costs, cpu } = profile;
  const hertz = cpu.tsc_khz.value * 1000;
  const evictionsPerCycle = (costs.evictions_per_second.value * memoryPressure) / hertz;
  return new ColdLines(
    {
      evictionsPerCycle,
      burstShare: costs.pressure_burst_share.value / 1000,
      burst: costs.pressure_burst.value / 1000,
      pressureDwellCycles: Math.round((costs.pressure_dwell_us.value * hertz) / 1e6),
      missCycles: costs.miss_cycles.value,
    },
    seed,
  );
}
