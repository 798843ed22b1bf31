import type { HostConfig } from '../config.ts';
import { Stage } from '../costs/stages.ts';
import { sleepInIdleState } from '../hardware/idle-state.ts';
import type { HostKernel } from './host-kernel.ts';

/** The host's idle loop on the pCPU of a blocked vCPU: tick off, C-state by the next timer, wake-up (do_idle). */
export class HostIdle {
  constructor(
    private readonly host: HostKernel,
    private readonly config: HostConfig,
  ) {}

  /** Idles until `woken`; interrupts are served as they come. */
  idle(woken: () => boolean): void {
    const { host } = this;
    const { pcpu } = host;
    pcpu.spend(Stage['host.idle_entry']);
    host.stopTick();
    host.serveInterrupts();
    while (!woken() && !host.needResched) {
      sleepInIdleState(pcpu, Stage['host.idle'], this.chooseState());
      pcpu.spend(Stage['hardware.interrupt_delivery']);
      pcpu.spend(Stage['host.idle_wake']);
      host.serveInterrupts();
    }
    host.needResched = false;
    pcpu.spend(Stage['host.idle_exit']);
    host.restartTick();
  }

  /** The deepest state that pays before the next timer (what the menu governor aims at); its exit latency. */
  private chooseState(): number {
    const { pcpu, timers } = this.host;
    const sleepNs = timers.nextExpiry() - timers.clock.read(pcpu.now);
    let exitCycles = 0;
    for (const state of this.config.cstates) if (state.residencyNs <= sleepNs) exitCycles = state.exitCycles;
    return exitCycles;
  }
}
