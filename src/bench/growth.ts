import { loadCase } from './cases.ts';
import { timeEngine } from './engine.ts';

/** CPU time against one quantity of the scenario, everything else the reference's. */
export interface GrowthPoint {
  readonly quantity: string;
  readonly value: number;
  /** Measured loops of all threads. */
  readonly loops: number;
  readonly nsPerLoop: number;
  /** Resident memory of this process after the run, in MiB. */
  readonly residentMib: number;
}

const vcpus = (count: number) =>
  `vcpus=${JSON.stringify(new Array(count).fill({ pcpu: { isolated: true } }))}`;
const ipis = (perSecond: number) =>
  `host.noise.ipi=${JSON.stringify({ per_second: perSecond, duration_us: [1, 2] })}`;

/** How the cost grows with loops, threads of one vCPU, vCPUs and events per second. */
export async function measureGrowth(loops: number): Promise<GrowthPoint[]> {
  const points: GrowthPoint[] = [];
  const add = async (quantity: string, value: number, samples: number, set: readonly string[]) => {
    const { nsPerLoop } = timeEngine(await loadCase('hv timer on', samples, set));
    const residentMib = process.memoryUsage().rss / 2 ** 20;
    points.push({ quantity, value, loops: samples, nsPerLoop, residentMib });
  };
  await add('warm-up', 0, loops, []);
  for (const factor of [1, 10, 100]) await add('loops', factor * loops, factor * loops, []);
  for (const threads of [1, 2, 4, 8])
    await add('threads', threads, loops, [vcpus(1), `workload.threads=${threads}`, 'workload.distance_us=0']);
  for (const count of [1, 2, 4, 8])
    await add('vCPUs', count, loops, [vcpus(count), `workload.threads=${count}`, 'workload.distance_us=0']);
  for (const perSecond of [0, 1000, 10_000])
    await add('host IPIs per second', perSecond, loops, [ipis(perSecond)]);
  return points.slice(1);
}
