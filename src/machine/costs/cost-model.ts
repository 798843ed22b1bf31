import { RandomStream } from '../../simulation/random.ts';
import type { Cycles } from '../../time.ts';
import { ColdLines } from './cold-lines.ts';
import type { CostName, CostProfile } from './profile.ts';
import { type Owner, STAGE_NAMES, STAGES, type StageId, type StageRow } from './stages.ts';

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

/** What each stage costs on one CPU: warm cycles fixed, cold misses drawn from the stage's own stream. */
export class CostModel {
  private readonly warm: Float64Array;
  private readonly lines: Int32Array;
  private readonly lastRun: Float64Array;
  private readonly streams: (RandomStream | null)[];
  private readonly cold: ColdLines | null;
  private readonly sharedCycles: Float64Array;

  constructor(private readonly settings: CostSettings) {
    this.warm = Float64Array.from(STAGE_NAMES, (name) => warmCycles(name, STAGES[name], settings));
    this.lines = Int32Array.from(STAGE_NAMES, (name) => linesOf(name, settings.profile));
    this.lastRun = new Float64Array(STAGE_NAMES.length);
    this.streams = STAGE_NAMES.map(() => null);
    this.cold = coldLines(settings);
    const { shared_miss_cycles } = settings.profile.costs;
    this.sharedCycles = Float64Array.from(
      STAGE_NAMES,
      (name) => Math.round(STAGES[name].sharedLines * shared_miss_cycles.value),
    );
  }

  /** Cycles of one run of a stage that begins now. */
  draw(stage: StageId, now: Cycles): Cycles {
    const lines = this.lines[stage];
    if (lines === 0 || this.cold === null) return this.warm[stage];
    const unused = now - this.lastRun[stage];
    this.lastRun[stage] = now;
    const stream = this.streams[stage] ?? this.openStream(stage);
    const shared = this.sharedCycles[stage] === 0 ? 0 : this.sharedMisses(stage, now - unused, now);
    return this.warm[stage] + shared + this.cold.draw(lines, unused, now, stream);
  }

  /** Lines that the housekeeping CPU's tick writes (timekeeper, jiffies, RCU state): gone if it ticked since. */
  private sharedMisses(stage: StageId, lastRun: Cycles, now: Cycles): Cycles {
    const period = this.settings.housekeepingTickCycles;
    const ticked = Math.floor(now / period) !== Math.floor(lastRun / period);
    return ticked ? this.sharedCycles[stage] : 0;
  }

  /** The thread has come to another CPU: nothing of it is in the private caches there. */
  forgetEverything(): void {
    this.lastRun.fill(Number.NEGATIVE_INFINITY);
  }

  /** The fixed part alone. */
  warmCycles(stage: StageId): Cycles {
    return this.warm[stage];
  }

  private openStream(stage: StageId): RandomStream {
    const stream = new RandomStream(this.settings.seed, STAGE_NAMES[stage]);
    this.streams[stage] = stream;
    return stream;
  }
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

function linesOf(name: (typeof STAGE_NAMES)[number], profile: CostProfile): number {
  const instructions = instructionsOf(name, STAGES[name], profile);
  return Math.round((instructions * profile.costs.lines_per_kilo_instruction.value) / 1000);
}

function coldLines({ profile, seed, memoryPressure }: CostSettings): ColdLines | null {
  const { costs, cpu } = profile;
  const hertz = cpu.tsc_khz.value * 1000;
  const evictionsPerCycle = (costs.evictions_per_second.value * memoryPressure) / hertz;
  if (evictionsPerCycle === 0 || costs.miss_cycles.value === 0) return null;
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

export function ownerOf(stage: StageId): Owner {
  return STAGES[STAGE_NAMES[stage]].owner;
}
