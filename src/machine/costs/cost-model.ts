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
}

/** What each stage costs on one CPU: warm cycles fixed, cold misses drawn from the stage's own stream. */
export class CostModel {
  private readonly warm: Float64Array;
  private readonly lines: Int32Array;
  private readonly lastRun: Float64Array;
  private readonly streams: (RandomStream | null)[];
  private readonly cold: ColdLines | null;

  constructor(private readonly settings: CostSettings) {
    this.warm = Float64Array.from(STAGE_NAMES, (name) => warmCycles(name, STAGES[name], settings));
    this.lines = Int32Array.from(STAGE_NAMES, (name) => linesOf(name, settings.profile));
    this.lastRun = new Float64Array(STAGE_NAMES.length);
    this.streams = STAGE_NAMES.map(() => null);
    this.cold = coldLines(settings);
  }

  /** Cycles of one run of a stage that begins now. */
  draw(stage: StageId, now: Cycles): Cycles {
    const lines = this.lines[stage];
    if (lines === 0 || this.cold === null) return this.warm[stage];
    const unused = now - this.lastRun[stage];
    this.lastRun[stage] = now;
    const stream = this.streams[stage] ?? this.openStream(stage);
    return this.warm[stage] + this.cold.draw(lines, unused, now, stream);
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
  return hardware + Math.round(code / 1000);
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
      pressureSpread: costs.pressure_spread.value / 1000,
      pressureDwellCycles: Math.round((costs.pressure_dwell_us.value * hertz) / 1e6),
      missCycles: costs.miss_cycles.value,
    },
    seed,
  );
}

export function ownerOf(stage: StageId): Owner {
  return STAGES[STAGE_NAMES[stage]].owner;
}
