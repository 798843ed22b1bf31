import type { MachineConfig } from './config.ts';
import type { BareGuest } from './guest/bare-guest.ts';
import { BareLapicTimer } from './guest/bare-lapic-timer.ts';
import { BareTscdeadlineLatency } from './guest/bare-tscdeadline-latency.ts';
import { BareVmexit } from './guest/bare-vmexit.ts';
import type { GuestCpu } from './guest/guest-cpu.ts';
import { buildLane, type Lane } from './lane.ts';
import type { LatencyRecorder } from './latency-recorder.ts';
import type { Run } from './machine.ts';
import type { Tracer } from './trace.ts';
import type { LapicTimerConfig, TscdeadlineLatencyConfig, VmexitConfig } from './workload.ts';

export type BareWorkload = LapicTimerConfig | TscdeadlineLatencyConfig | VmexitConfig;

/** A test program that is the whole guest, on its first vCPU. */
export class BareRun implements Run {
  readonly total: number;
  readonly results: readonly LatencyRecorder[];
  readonly names: readonly string[];
  private readonly lane: Lane;
  private readonly guest: BareGuest;

  constructor(config: MachineConfig, workload: BareWorkload, tracer: Tracer | null) {
    this.lane = buildLane(config, 0, tracer);
    this.guest = buildGuest(this.lane.cpu, config, workload);
    this.total = workload.loops;
    this.results = this.guest.series.map(({ recorder }) => recorder);
    this.names = this.guest.series.map(({ name }) => name);
  }

  get done(): number {
    return this.guest.recorded;
  }

  observe(tracer: Tracer | null): void {
    const { pcpu } = this.lane;
    pcpu.observer = tracer?.observe(0, pcpu.execution) ?? null;
  }

  /** The first samples one by one, in guest cycles. */
  get tables(): readonly (readonly number[])[] {
    return this.guest.series.map(({ table }) => table);
  }

  advance(samples: number): boolean {
    const goal = Math.min(this.total, this.done + samples);
    while (this.done < goal) this.guest.loop();
    return this.done < this.total;
  }
}

function buildGuest(cpu: GuestCpu, config: MachineConfig, workload: BareWorkload): BareGuest {
  const { tscKhz } = config.host;
  switch (workload.tool) {
    case 'lapic_timer':
      return new BareLapicTimer(cpu, workload, {
        hostTscKhz: tscKhz,
        guestTscKhz: config.guest.tscKhz,
        minPeriodNs: config.virtualization === 'bare-metal' ? 0 : config.kvm.minTimerPeriodUs * 1000,
      });
    case 'tscdeadline_latency':
      return new BareTscdeadlineLatency(cpu, workload, tscKhz);
    case 'vmexit':
      return new BareVmexit(cpu, workload, tscKhz);
  }
}
