import type { Cycles } from '../../time.ts';
import type { CompetitorConfig, HostConfig } from '../config.ts';
import { Stage } from '../costs/stages.ts';
import { Source } from '../pcpu.ts';
import type { HostKernel } from './host-kernel.ts';
import { type NoiseArrivals, noiseArrivals } from './noise.ts';

/** Slice that a fair-share thread gets while another one waits: sysctl_sched_min_granularity, 3 ms. */
const SLICE_NS = 3_000_000;

interface Competitor {
  readonly config: CompetitorConfig;
  nextWake: Cycles;
  /** Cycles it still wants to run; 0 when it sleeps. */
  remaining: Cycles;
}

/** Called around the time that the vCPU thread is off its CPU (preempt notifiers: kvm_sched_out, kvm_sched_in). */
export interface PreemptNotifier {
  schedOut(): void;
  schedIn(movedToOtherCpu: boolean): void;
}

/**
 * A plain model of the host scheduler on the pCPU of one vCPU: SCHED_FIFO by priority, SCHED_OTHER by turns of one
 * slice with wake-up preemption. Other threads are the scenario's competitors and kworker bursts.
 */
export class HostScheduler {
  private readonly competitors: Competitor[];
  private readonly kworker: NoiseArrivals | null;
  private kworkerRemaining: Cycles = 0;
  private readonly migrations: NoiseArrivals | null;
  private migrationDue = false;
  private readonly sliceCycles: Cycles;

  constructor(
    private readonly host: HostKernel,
    config: HostConfig,
    seed: string,
  ) {
    const { vcpu, pcpu } = host;
    this.sliceCycles = Math.floor((SLICE_NS * config.tscKhz) / 1e6);
    this.competitors = vcpu.competitors.map((competitor, index) => ({
      config: competitor,
      nextWake: Math.floor((competitor.periodCycles * (index + 1)) / (vcpu.competitors.length + 1)),
      remaining: 0,
    }));
    this.kworker = noiseArrivals(config.noise.kworker, config.tscKhz, seed, 'kworker');
    if (this.kworker !== null) pcpu.agenda.schedule(Source.kworker, this.kworker.next(0));
    const moves = { perSecond: vcpu.pinned ? 0 : vcpu.migrationsPerSecond, minCycles: 0, maxCycles: 0 };
    this.migrations = noiseArrivals(moves, config.tscKhz, seed, 'migration');
    if (this.migrations !== null) pcpu.agenda.schedule(Source.migration, this.migrations.next(0));
    this.scheduleNextWake();
    host.wakeOthers = (source) => this.wake(source);
  }

  /** More than the vCPU thread wants this CPU: single_task_running() is false. */
  get othersRunnable(): boolean {
    return this.kworkerRemaining > 0 || this.competitors.some((competitor) => competitor.remaining > 0);
  }

  /** An interrupt has made a thread runnable. */
  private wake(source: number): boolean {
    const { pcpu } = this.host;
    if (source === Source.migration) {
      pcpu.agenda.schedule(Source.migration, this.migrations!.next(pcpu.now));
      this.migrationDue = true;
      this.host.needResched = true;
    } else if (source === Source.kworker) {
      pcpu.agenda.schedule(Source.kworker, this.kworker!.next(pcpu.now));
      this.kworkerRemaining += this.kworker!.duration();
      if (this.host.vcpu.priority === 0) this.host.needResched = true;
    } else {
      this.wakeCompetitors();
    }
    this.host.interrupt(() => pcpu.spend(Stage['host.wakeup']));
    return true;
  }

  private wakeCompetitors(): void {
    for (const competitor of this.competitors) {
      const waits = competitor.remaining > 0 && this.preemptsVcpu(competitor);
      if (waits) this.host.needResched = true;
      if (competitor.nextWake > this.host.pcpu.now) continue;
      competitor.nextWake += competitor.config.periodCycles;
      competitor.remaining += competitor.config.runCycles;
      if (this.preemptsVcpu(competitor)) this.host.needResched = true;
    }
    this.scheduleNextWake();
  }

  private preemptsVcpu({ config }: Competitor): boolean {
    const { priority } = this.host.vcpu;
    return config.priority > priority || (config.priority === 0 && priority === 0);
  }

  private scheduleNextWake(): void {
    if (this.competitors.length === 0) return;
    const next = Math.min(...this.competitors.map((competitor) => competitor.nextWake));
    const { pcpu } = this.host;
    const turnEnds = this.othersRunnable ? pcpu.now + this.sliceCycles : next;
    pcpu.agenda.schedule(Source.competitor, Math.min(next, turnEnds));
  }

  /** schedule(), called by the vCPU thread because need_resched is set: the others' turn, then back. */
  schedule(notifier: PreemptNotifier): void {
    const { host } = this;
    host.needResched = false;
    host.pcpu.spend(Stage['host.schedule_out']);
    notifier.schedOut();
    this.runOthers(false);
    this.switchToVcpu(notifier);
  }

  /** The vCPU thread has woken: whoever outranks it finishes first, then it is switched to. */
  switchToVcpu(notifier: PreemptNotifier): void {
    const { pcpu } = this.host;
    pcpu.spend(Stage['host.switch_to_vcpu']);
    const moved = this.migrationDue;
    if (moved) {
      this.migrationDue = false;
      pcpu.spend(Stage['host.migrate_thread']);
      pcpu.costs.forgetEverything();
    }
    pcpu.spend(Stage['host.vcpu_load']);
    this.scheduleNextWake();
    notifier.schedIn(moved);
  }

  /** Runs other threads: those that outrank the vCPU to their end, fair-share ones for a slice. */
  runOthers(vcpuJustWoke: boolean): void {
    if (this.host.vcpu.priority === 0 && this.kworkerRemaining > 0) {
      this.run(Stage['host.kworker'], this.kworkerRemaining);
      this.kworkerRemaining = 0;
    }
    for (const competitor of this.competitors) {
      if (competitor.remaining === 0 || !this.preemptsVcpu(competitor)) continue;
      const fair = competitor.config.priority === 0;
      if (fair && vcpuJustWoke) continue;
      const turn = fair ? Math.min(competitor.remaining, this.sliceCycles) : competitor.remaining;
      competitor.remaining -= this.run(Stage['host.competitor'], turn);
    }
  }

  /** While the vCPU sleeps: runs a waiting thread until it is done or `until` says that the vCPU woke. */
  runWhileVcpuSleeps(woken: () => boolean): boolean {
    const competitor = this.competitors.find(({ remaining }) => remaining > 0);
    if (this.kworkerRemaining > 0) {
      this.kworkerRemaining -= this.run(Stage['host.kworker'], this.kworkerRemaining, woken);
    } else if (competitor !== undefined) {
      competitor.remaining -= this.run(Stage['host.competitor'], competitor.remaining, woken);
    } else {
      return false;
    }
    return true;
  }

  /** A thread runs for `cycles` of its own, interrupts served in between; returns what it ran. */
  private run(stage: number, cycles: Cycles, stop: () => boolean = () => false): Cycles {
    const { host } = this;
    const { pcpu } = host;
    let ran = 0;
    while (ran < cycles && !stop()) {
      const begin = pcpu.now;
      pcpu.passTo(stage, Math.max(begin, Math.min(begin + cycles - ran, pcpu.agenda.earliest)));
      ran += pcpu.now - begin;
      host.serveInterrupts();
    }
    return Math.min(ran, cycles);
  }
}
