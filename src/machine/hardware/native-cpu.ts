import { NEVER } from '../../simulation/agenda.ts';
import type { Cycles } from '../../time.ts';
import type { MachineConfig } from '../config.ts';
import { Stage, type StageId } from '../costs/stages.ts';
import type { GuestCpu, GuestSoftware } from '../guest/guest-cpu.ts';
import { type NoiseArrivals, noiseArrivals } from '../host/noise.ts';
import { type Pcpu, Source } from '../pcpu.ts';

/** Bare metal: the same software with the LAPIC's timer in its own hands, the baseline of every comparison. */
export class NativeCpu implements GuestCpu {
  software: GuestSoftware = { interrupt: () => {} };
  interruptsEnabled = false;
  private deadline: Cycles = 0;
  private masked = true;
  private pending = false;
  private readonly ipi: NoiseArrivals | null;
  private readonly haltExitCycles: Cycles;

  constructor(
    readonly pcpu: Pcpu,
    config: MachineConfig,
  ) {
    const { noise, tscKhz, cstates } = config.host;
    this.ipi = noiseArrivals(noise.ipi, tscKhz, config.seed, 'ipi');
    if (this.ipi !== null) pcpu.agenda.schedule(Source.ipi, this.ipi.next(0));
    this.haltExitCycles = cstates[0]?.exitCycles ?? 0;
  }

  run(stage: StageId): void {
    const { pcpu } = this;
    pcpu.passTo(stage, pcpu.now + pcpu.costs.draw(stage, pcpu.now));
    this.takeDue();
  }

  spin(stage: StageId): void {
    this.pcpu.passToNextEvent(stage);
    this.takeDue();
  }

  spinUntil(stage: StageId, tsc: Cycles): void {
    const { pcpu } = this;
    while (pcpu.now < tsc) {
      pcpu.passTo(stage, Math.max(pcpu.now, Math.min(tsc, pcpu.agenda.earliest)));
      this.takeDue();
    }
  }

  private takeDue(): void {
    const { pcpu } = this;
    while (pcpu.agenda.earliest <= pcpu.now) {
      if (pcpu.agenda.source === Source.nativeTimer) {
        pcpu.agenda.cancel(Source.nativeTimer);
        this.pending = !this.masked;
        this.deadline = 0;
      } else {
        pcpu.agenda.schedule(Source.ipi, this.ipi!.next(pcpu.now));
        pcpu.passTo(Stage['host.ipi'], pcpu.now + this.ipi!.duration());
      }
    }
    if (this.pending && this.interruptsEnabled) this.interrupt();
  }

  private interrupt(): void {
    this.pending = false;
    this.interruptsEnabled = false;
    this.pcpu.spend(Stage['hardware.interrupt_delivery']);
    this.software.interrupt();
    this.enableInterrupts();
  }

  enableInterrupts(): void {
    this.interruptsEnabled = true;
    this.takeDue();
  }

  disableInterrupts(): void {
    this.interruptsEnabled = false;
  }

  /** STI; HLT, or MWAIT: C1 at least, the exit latency before the interrupt. */
  halt(): void {
    const { pcpu } = this;
    this.interruptsEnabled = true;
    if (!this.pending) {
      pcpu.passToNextEvent(Stage['guest.idle']);
      if (this.haltExitCycles > 0) pcpu.passTo(Stage['hardware.cstate_exit'], pcpu.now + this.haltExitCycles);
    }
    this.takeDue();
  }

  mwait(): void {
    this.halt();
  }

  readTsc(): Cycles {
    return this.pcpu.now;
  }

  hostTscOf(tsc: Cycles): Cycles {
    return tsc;
  }

  writeTscDeadline(deadline: Cycles): void {
    this.pcpu.spend(Stage['guest.native_deadline_write']);
    this.deadline = deadline;
    if (deadline === 0) this.pcpu.agenda.cancel(Source.nativeTimer);
    else this.pcpu.agenda.schedule(Source.nativeTimer, Math.max(deadline, this.pcpu.now));
    this.takeDue();
  }

  readTscDeadline(): Cycles {
    return this.deadline;
  }

  writeLvtt(value: number): void {
    this.masked = (value & (1 << 16)) !== 0;
  }

  /** The kernels and tests of this machine use the deadline mode on real hardware. */
  writeTmict(count: number): void {
    if (count === 0) this.pcpu.agenda.cancel(Source.nativeTimer);
  }

  writeTdcr(): void {}

  readTmcct(): number {
    const expiry = this.pcpu.agenda.timeOf(Source.nativeTimer);
    return expiry === NEVER ? 0 : Math.max(0, expiry - this.pcpu.now);
  }

  endOfInterrupt(): void {
    this.pcpu.spend(Stage['guest.native_eoi']);
  }

  cpuid(): void {}

  hypercall(): void {}
}
