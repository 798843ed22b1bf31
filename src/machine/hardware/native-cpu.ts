import { NEVER } from '../../simulation/agenda.ts';
import type { Cycles } from '../../time.ts';
import type { MachineConfig } from '../config.ts';
import { Stage, type StageId } from '../costs/stages.ts';
import type { GuestCpu, GuestSoftware } from '../guest/guest-cpu.ts';
import { type NoiseArrivals, noiseArrivals } from '../host/noise.ts';
import { divideCountOf } from '../kvm/lapic-registers.ts';
import { type Pcpu, Source } from '../pcpu.ts';
import { haltExitCycles, sleepInIdleState } from './idle-state.ts';

/** Bare metal: the same software with the LAPIC's timer in its own hands, the baseline of every comparison. */
export class NativeCpu implements GuestCpu {
  software: GuestSoftware = { interrupt: () => {} };
  interruptsEnabled = false;
  readonly isNative = true;
  private deadline: Cycles = 0;
  private masked = true;
  private periodic = false;
  /** Cycles of the running period; null for a timer that fires once. */
  private reload: Cycles | null = null;
  private divideCount = 2;
  private readonly tscKhz: number;
  private pending = false;
  private atIret = false;
  private readonly ipi: NoiseArrivals | null;
  private readonly haltExitCycles: Cycles;

  constructor(
    readonly pcpu: Pcpu,
    config: MachineConfig,
  ) {
    const { noise, tscKhz } = config.host;
    this.tscKhz = tscKhz;
    this.ipi = noiseArrivals(noise.ipi, tscKhz, config.seed, 'ipi');
    if (this.ipi !== null) pcpu.agenda.schedule(Source.ipi, this.ipi.next(0));
    this.haltExitCycles = haltExitCycles(config.host);
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
        const expiry = pcpu.agenda.timeOf(Source.nativeTimer);
        if (this.reload === null) pcpu.agenda.cancel(Source.nativeTimer);
        else pcpu.agenda.schedule(Source.nativeTimer, expiry + this.reload);
        this.pending = !this.masked;
        this.deadline = 0;
      } else {
        pcpu.agenda.schedule(Source.ipi, this.ipi!.next(pcpu.now));
        pcpu.passTo(Stage['host.ipi'], pcpu.now + this.ipi!.duration());
      }
    }
    if (this.pending && this.interruptsEnabled) this.interrupt();
  }

  /** One that waits for the handler's IRET is taken after it, not on top of it. */
  private interrupt(): void {
    if (this.atIret) return;
    do {
      this.pending = false;
      this.interruptsEnabled = false;
      this.pcpu.spend(Stage['hardware.interrupt_delivery']);
      this.software.interrupt();
      this.atIret = true;
      this.enableInterrupts();
      this.atIret = false;
    } while (this.pending);
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
    this.interruptsEnabled = true;
    if (!this.pending) sleepInIdleState(this.pcpu, Stage['guest.idle'], this.haltExitCycles);
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
    this.reload = null;
    if (deadline === 0) this.pcpu.agenda.cancel(Source.nativeTimer);
    else this.pcpu.agenda.schedule(Source.nativeTimer, Math.max(deadline, this.pcpu.now));
    this.takeDue();
  }

  readTscDeadline(): Cycles {
    return this.deadline;
  }

  writeLvtt(value: number): void {
    this.masked = (value & (1 << 16)) !== 0;
    this.periodic = (value & (3 << 17)) === 1 << 17;
  }

  /** One-shot and periodic mode, on a bus of 1 GHz like the one that KVM emulates. */
  writeTmict(count: number): void {
    this.pcpu.spend(Stage['guest.native_deadline_write']);
    const period = Math.floor((count * this.divideCount * this.tscKhz) / 1_000_000);
    this.reload = this.periodic ? Math.max(1, period) : null;
    if (count === 0) this.pcpu.agenda.cancel(Source.nativeTimer);
    else this.pcpu.agenda.schedule(Source.nativeTimer, this.pcpu.now + period);
  }

  writeTdcr(value: number): void {
    this.divideCount = divideCountOf(value);
  }

  readTmcct(): number {
    const expiry = this.pcpu.agenda.timeOf(Source.nativeTimer);
    if (expiry === NEVER) return 0;
    const ns = (Math.max(0, expiry - this.pcpu.now) * 1_000_000) / this.tscKhz;
    return Math.floor(ns / this.divideCount);
  }

  endOfInterrupt(): void {
    this.pcpu.spend(Stage['guest.native_eoi']);
  }

  cpuid(): void {}

  hypercall(): void {}
}
