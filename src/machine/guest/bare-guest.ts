import type { Cycles, Nanoseconds } from '../../time.ts';
import { Stage, type StageId } from '../costs/stages.ts';
import { LatencyRecorder } from '../latency-recorder.ts';
import type { GuestCpu, GuestSoftware } from './guest-cpu.ts';

/** LVTT bits: mode and mask (SDM vol. 3, 11.5.4). */
export const LVTT = { oneshot: 0, periodic: 1 << 17, deadline: 2 << 17, masked: 1 << 16 } as const;
/** Divide configuration "by 1". */
export const TDCR_DIVIDE_BY_1 = 0xb;

/** Samples that are kept one by one: kvm-unit-tests' table has as many entries. */
const TABLE_SIZE = 10_000;

/** What a bare test measures: its samples in host cycles, and the first of them one by one in guest cycles. */
export class BareSeries {
  readonly recorder = new LatencyRecorder(Number.POSITIVE_INFINITY, 0);
  readonly table: Cycles[] = [];

  constructor(
    readonly name: string,
    private readonly cpu: GuestCpu,
    private readonly tscKhz: number,
  ) {}

  /** A sample that began at guest TSC `from` and ends now. */
  record(from: Cycles): void {
    const { pcpu } = this.cpu;
    const begin = this.cpu.hostTscOf(from);
    const ns: Nanoseconds = Math.floor(((pcpu.now - begin) * 1_000_000) / this.tscKhz);
    pcpu.observer?.sample?.(this.recorder, begin, ns);
    this.recorder.record(ns, begin, pcpu.now, pcpu.recorder);
    if (this.table.length < TABLE_SIZE) this.table.push(this.cpu.readTsc() - from);
  }
}

/** A test program without an operating system: one action per loop, and a handler for its only vector. */
export abstract class BareGuest implements GuestSoftware {
  abstract readonly series: readonly BareSeries[];
  /** Loops that have been recorded. */
  recorded = 0;

  constructor(readonly cpu: GuestCpu) {
    cpu.software = this;
  }

  /** One loop of the program. */
  abstract loop(): void;
  abstract interrupt(): void;

  protected run(stage: StageId): void {
    this.cpu.run(stage);
  }

  /** Polls, or halts, with interrupts on until `done` says that the handler has run. */
  protected waitUntil(how: 'poll' | 'hlt', done: () => boolean): void {
    const { cpu } = this;
    if (how === 'poll') {
      cpu.enableInterrupts();
      while (!done()) cpu.spin(Stage['guest.idle']);
      cpu.disableInterrupts();
      return;
    }
    while (!done()) {
      cpu.halt();
      cpu.disableInterrupts();
    }
  }

  /** Nothing before this moment will be part of a sample. */
  protected forgetBefore(tsc: Cycles): void {
    this.cpu.pcpu.recorder.forget(this.cpu.hostTscOf(tsc));
  }
}
