import type { Driver } from '../compiler/drive.ts';
import { type Drive, driveByModel } from '../machine/cyclictest-lane.ts';
import type { WorkloadConfig } from '../machine/workload.ts';

/** From so many loops of a vCPU on, compiling its machine takes less time than it saves. */
const LOOPS_WORTH_COMPILING = 30_000;

let driver: Promise<Driver> | null = null;

export function isWorthCompiling(workload: WorkloadConfig): boolean {
  return workload.tool === 'cyclictest' && workload.loops >= LOOPS_WORTH_COMPILING;
}

/** What runs a workload fastest on this thread. */
export async function driveFor(workload: WorkloadConfig): Promise<Drive> {
  const driver = await driverFor(workload);
  driver?.expect(workload.loops);
  return driver?.drive ?? driveByModel;
}

/** Null for a run that is not worth compiling. The compiler is loaded only where it is wanted. */
export async function driverFor(workload: WorkloadConfig): Promise<Driver | null> {
  if (!isWorthCompiling(workload)) return null;
  driver ??= import('../compiler/drive.ts').then(({ Driver }) => new Driver());
  return driver;
}
