import type { Cycles } from '../../time.ts';
import type { HostConfig } from '../config.ts';
import { Stage, type StageId } from '../costs/stages.ts';
import type { Pcpu } from '../pcpu.ts';

/** The core sleeps until the next event, which finds it awake only after the exit latency of the idle state. */
export function sleepInIdleState(pcpu: Pcpu, stage: StageId, exitCycles: Cycles): void {
  pcpu.passToNextEvent(stage);
  if (exitCycles > 0) pcpu.passTo(Stage['hardware.cstate_exit'], pcpu.now + exitCycles);
}

/** Exit latency of the state that HLT enters, and MWAIT without a governor: the shallowest. */
export function haltExitCycles({ cstates }: HostConfig): Cycles {
  return cstates[0]?.exitCycles ?? 0;
}
