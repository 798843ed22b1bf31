import { runOnThreads } from '../run/run-on-threads.ts';
import { loadCase } from './cases.ts';
import { Limit } from './limit.ts';

/** The reference scenario with one quantity changed. */
export interface GrowthSetting {
  readonly quantity: string;
  readonly value: number;
  /** Measured loops of each thread. */
  readonly loops: number;
  readonly set: readonly string[];
}

export interface GrowthCost {
  /** CPU time for one loop of one thread, in ns. */
  readonly nsPerLoop: number;
  /** The same over the time of a fixed work in C, measured right before and after; null without a compiler. */
  readonly relative: number | null;
  /** The most memory that the process had. */
  readonly residentMib: number;
}

export type GrowthPoint = GrowthSetting & GrowthCost;

/** Allowed between the fewest loops and the most. */
export const MAX_COST_CHANGE = 0.1;
export const MAX_MIB = 5;
/** What the clock of the machine is measured with. */
const FIXED_WORK = { stages: 100, draws: 60 };
const FIXED_LOOPS = 500_000;

const vcpus = (count: number) =>
  `vcpus=${JSON.stringify(new Array(count).fill({ pcpu: { isolated: true } }))}`;
const ipis = (perSecond: number) =>
  `host.noise.ipi=${JSON.stringify({ per_second: perSecond, duration_us: [1, 2] })}`;
const threads = (count: number) => [`workload.threads=${count}`, 'workload.distance_us=0'];

/** Loops, threads of one vCPU, vCPUs and events per second. Threads share the loops, so that all start alike. */
export function growthSettings(loops: number): GrowthSetting[] {
  const shared = (count: number) => Math.ceil(loops / count);
  return [
    ...along(
      'loops',
      [loops, 10 * loops, 100 * loops],
      (value) => value,
      () => [],
    ),
    ...along('threads on one vCPU', [1, 2, 4, 8], shared, (count) => [vcpus(1), ...threads(count)]),
    ...along('vCPUs with a thread each', [1, 2, 4, 8], shared, (count) => [vcpus(count), ...threads(count)]),
    ...along(
      'host IPIs per second',
      [0, 1000, 10_000],
      () => loops,
      (perSecond) => [ipis(perSecond)],
    ),
  ];
}

function along(
  quantity: string,
  values: readonly number[],
  loopsOf: (value: number) => number,
  setOf: (value: number) => readonly string[],
): GrowthSetting[] {
  return values.map((value) => ({ quantity, value, loops: loopsOf(value), set: setOf(value) }));
}

/**
 * To be called in a process of its own: memory and compiled code of other points would count. It runs as
 * `kvmtimer run --jobs 1` does.
 */
export async function measurePoint({ loops, set }: GrowthSetting): Promise<GrowthCost> {
  const limit = Limit.compile();
  try {
    const scenario = await loadCase('hv timer on', loops, set);
    const before = limit?.nsPerLoop(FIXED_WORK, FIXED_LOOPS);
    const begin = process.cpuUsage();
    const { measurements } = await runOnThreads(scenario, 1);
    const { user, system } = process.cpuUsage(begin);
    const nsPerLoop = ((user + system) * 1000) / loops / measurements.length;
    const after = limit?.nsPerLoop(FIXED_WORK, FIXED_LOOPS);
    return {
      nsPerLoop,
      relative: before && after ? nsPerLoop / ((before + after) / 2) : null,
      residentMib: process.resourceUsage().maxRSS / 2 ** 10,
    };
  } finally {
    limit?.remove();
  }
}

export async function measureGrowth(
  loops: number,
  measure: (setting: GrowthSetting) => Promise<GrowthCost>,
): Promise<GrowthPoint[]> {
  const points: GrowthPoint[] = [];
  for (const setting of growthSettings(loops)) points.push({ ...setting, ...(await measure(setting)) });
  return points;
}

/** Whether many more loops take as much more time, in the same memory. */
export interface LoopGrowth {
  /** Cost of a loop among the most loops over that among the fewest, less 1. */
  readonly costChange: number;
  readonly mib: number;
  readonly isLinear: boolean;
  readonly isConstant: boolean;
}

/** What further loops cost is compared, since each run also costs a start, however long it is. */
export function loopGrowth(points: readonly GrowthPoint[]): LoopGrowth {
  const along = points.filter(({ quantity }) => quantity === 'loops');
  const furtherCosts = along.slice(1).map((point, index) => furtherCost(along[index], point));
  const costChange = furtherCosts[furtherCosts.length - 1] / furtherCosts[0] - 1;
  const mib = along[along.length - 1].residentMib - along[0].residentMib;
  return {
    costChange,
    mib,
    isLinear: Math.abs(costChange) <= MAX_COST_CHANGE,
    isConstant: mib <= MAX_MIB,
  };
}

function furtherCost(fewer: GrowthPoint, more: GrowthPoint): number {
  const total = ({ relative, nsPerLoop, loops }: GrowthPoint) => (relative ?? nsPerLoop) * loops;
  return (total(more) - total(fewer)) / (more.loops - fewer.loops);
}
