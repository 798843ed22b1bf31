import { type Drive, driveByModel } from '../machine/cyclictest-lane.ts';
import type { WorkloadConfig } from '../machine/workload.ts';

/** From so many loops of a vCPU on, compiling its machine takes less time than it saves. */
const LOOPS_WORTH_COMPILING = 150_000;

let compiled: Promise<Drive> | null = null;

export function isWorthCompiling(workload: WorkloadConfig): boolean {
  return workload.tool === 'cyclictest' && workload.loops >= LOOPS_WORTH_COMPILING;
}

/** What runs a workload fastest on this thread. The compiler is loaded only where it is wanted. */
export async function driveFor(workload: WorkloadConfig): Promise<Drive> {
  if (!isWorthCompiling(workload)) return driveByModel;
  compiled ??= import('../compiler/drive.ts').then(({ compiledDrive }) => compiledDrive());
  return compiled;
}
