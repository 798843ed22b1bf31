import type { Cycles } from '../../time.ts';
import { CLOCK_READERS, SAVED_WITHOUT_KVM_CLOCK } from './clock-read.ts';
import { ColdLines, StageLines } from './cold-lines.ts';
import type { CostName, CostProfile } from './profile.ts';
import { BUSY_SIBLING } from './smt.ts';
import { STAGE_NAMES, STAGES, type StageId, type StageName, type StageRow } from './stages.ts';

export interface CostSettings {
  readonly profile: CostProfile;
  readonly seed: string;
  /** Relative eviction rate of the neighbours. */
  readonly memoryPressure: number;
  /** The core's other hyperthread runs something. */
  readonly siblingBusy: boolean;
  readonly guestClocksource: 'tsc' | 'kvm-clock';
  /** Cycles that the mitigations add to every exit and every entry. */
  readonly mitigationExitCycles: Cycles;
  readonly mitigationEntryCycles: Cycles;
  /** Period of the housekeeping CPU's tick on this CPU's TSC: when it writes the lines that all CPUs read. */
  readonly housekeepingTickCycles: number;
  /** How far into such a period this CPU begins. */
  readonly housekeepingPhaseCycles: Cycles;
}

/** One stage on one CPU. An object each: its fields are cheaper to reach than as many arrays. */
class StageCost extends StageLines {
  constructor(
    name: string,
    lines: number,
    cold: ColdLines,
    readonly warmCycles: Cycles,
    /** Lines that the housekeeping CPU's tick writes (timekeeper, jiffies, RCU state): gone if it ticked since. */
    readonly sharedCycles: Cycles,
  ) {
    super(lines, name, cold.tablesOf(lines));
  }
}

/** What each stage costs on one CPU: warm cycles fixed, cold misses drawn from the stage's own stream. */
export class CostModel {
  private readonly stages: readonly StageCost[];
  private readonly cold: ColdLines;
  private readonly housekeepingTickCycles: number;
  private readonly housekeepingPhaseCycles: Cycles;
  /** The number of the housekeeping CPU's last tick, NaN before the first; when it was, and when the next will be. */
  private tickNumber = Number.NaN;
  private latestTick: Cycles = Number.NEGATIVE_INFINITY;
  private nextTick: Cycles = Number.NEGATIVE_INFINITY;

  constructor(settings: CostSettings) {
    this.cold = coldLines(settings);
    this.housekeepingTickCycles = settings.housekeepingTickCycles;
    this.housekeepingPhaseCycles = settings.housekeepingPhaseCycles;
    const stages: StageCost[] = [];
    // A closure would be optimised anew after every collection of garbage, in runs that build thousands of machines.
    for (const name of STAGE_NAMES) stages.push(stageCost(name, this.cold, settings));
    this.stages = stages;
  }

  /** Cycles of one run of a stage that begins now. */
  draw(stage: StageId, now: Cycles): Cycles {
    const cost = this.stages[stage];
    if (cost.lines === 0) return cost.warmCycles;
    const unused = now - cost.lastRun;
    const shared = cost.sharedCycles === 0 ? 0 : this.sharedMisses(cost, now);
    cost.lastRun = now;
    return cost.warmCycles + shared + this.cold.draw(cost, unused, now);
  }

  private sharedMisses({ lastRun, sharedCycles }: StageCost, now: Cycles): Cycles {
    if (now >= this.nextTick) this.noteTick(now);
    return lastRun < this.latestTick ? sharedCycles : 0;
  }

  /** Most often it is the next one: dividing takes long, once or twice in every loop. */
  private noteTick(now: Cycles): void {
    const after = this.beginOf(this.tickNumber + 2);
    if (now < after) {
      this.tickNumber++;
      this.latestTick = this.nextTick;
      this.nextTick = after;
      return;
    }
    this.tickNumber = this.tickAt(now);
    this.latestTick = this.beginOf(this.tickNumber);
    this.nextTick = this.beginOf(this.tickNumber + 1);
  }

  /** The first cycle of a tick: which one it is turns on how its quotient is rounded. */
  private beginOf(tick: number): Cycles {
    let begin = Math.ceil(tick * this.housekeepingTickCycles - this.housekeepingPhaseCycles);
    while (this.tickAt(begin - 1) >= tick) begin--;
    while (this.tickAt(begin) < tick) begin++;
    return begin;
  }

  private tickAt(now: Cycles): number {
    return Math.floor((now + this.housekeepingPhaseCycles) / this.housekeepingTickCycles);
  }

  /** The thread has come to another CPU: nothing of it is in the private caches there. */
  forgetEverything(): void {
    for (const cost of this.stages) cost.lastRun = Number.NEGATIVE_INFINITY;
  }

  /** For code that makes no objects and shares no tables while it runs; costs the same as before. */
  prepareForCompiler(): void {
    this.cold.makeOwn(this.stages);
  }

  /** The reverse, once the machine has come to its end. */
  returnFromCompiler(): void {
    this.cold.returnOwn();
  }

  /** The fixed part alone. */
  warmCycles(stage: StageId): Cycles {
    return this.stages[stage].warmCycles;
  }
}

function stageCost(name: StageName, cold: ColdLines, settings: CostSettings): StageCost {
  const lines = isEverCold(settings) ? linesOf(name, settings.profile) : 0;
  const shared = Math.round(STAGES[name].sharedLines * settings.profile.costs.shared_miss_cycles.value);
  return new StageCost(name, lines, cold, warmCycles(name, STAGES[name], settings), shared);
}

function instructionsOf(name: string, row: StageRow, profile: CostProfile): number {
  return profile.stages?.[name]?.value ?? row.instructions;
}

function warmCycles(name: string, row: StageRow, settings: CostSettings): Cycles {
  if (name === 'hardware.mitigations_exit') return settings.mitigationExitCycles;
  if (name === 'hardware.mitigations_entry') return settings.mitigationEntryCycles;
  const { costs } = settings.profile;
  const hardware = row.hardware === null ? 0 : costs[row.hardware as CostName].value;
  const factor = settings.siblingBusy ? BUSY_SIBLING.cyclesFactor.value : 1;
  const saved =
    settings.guestClocksource === 'tsc' && CLOCK_READERS.has(name) ? SAVED_WITHOUT_KVM_CLOCK.value : 0;
  const instructions = instructionsOf(name, row, settings.profile) - saved;
  const code = instructions * costs.cycles_per_kilo_instruction.value * factor;
  return Math.round(hardware + code / 1000);
}

function isEverCold({ profile: { costs }, memoryPressure }: CostSettings): boolean {
  return costs.evictions_per_second.value * memoryPressure > 0 && costs.miss_cycles.value > 0;
}

function linesOf(name: StageName, profile: CostProfile): number {
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
