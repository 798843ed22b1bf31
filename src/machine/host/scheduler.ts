import { NEVER } from '../../simulation/agenda.ts';
import type { Cycles } from '../../time.ts';
import type { CompetitorConfig, HostConfig } from '../config.ts';
import { Stage } from '../costs/stages.ts';
import type { Task } from '../execution.ts';
import { Source } from '../pcpu.ts';
import type { HostKernel } from './host-kernel.ts';
import { type NoiseArrivals, noiseArrivals } from './noise.ts';
import { switchTask, traceWakeup } from './task-switch.ts';

/** Slice that a fair-share thread gets while another one waits: sysctl_sched_min_granularity, 3 ms. */
const SLICE_NS = 3_000_000;
/** Load tracking (PELT) sums over periods of 1024 µs; the first switch in a new one pays for the decay. */
const LOAD_PERIOD_US = 1024;

interface Competitor {
  readonly task: Task;
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
  private readonly loadPeriodCycles: Cycles;
  private loadPeriod = 0;

  constructor(
    private readonly host: HostKernel,
    config: HostConfig,
    seed: string,
  ) {
    const { vcpu, pcpu } = host;
    this.sliceCycles = Math.floor((SLICE_NS * config.tscKhz) / 1e6);
    this.loadPeriodCycles = (LOAD_PERIOD_US * config.tscKhz) / 1000;
    this.competitors = vcpu.competitors.map((competitor, index) => ({
      config: competitor,
      task: pcpu.execution.competitor(competitor.name, competitor.priority, index),
      nextWake: Math.floor((competitor.periodCycles * (index + 1)) / (vcpu.competitors.length + 1)),
      remaining: 0,
    }));
    this.kworker = noiseArrivals(vcpu.kworker, config.tscKhz, seed, 'kworker');
    if (this.kworker !== null) pcpu.agenda.schedule(Source.kworker, this.kworker.next(0));
    const moves = { perSecond: vcpu.pinned ? 0 : vcpu.migrationsPerSecond, minCycles: 0, maxCycles: 0 };
    this.migrations = noiseArrivals(moves, config.tscKhz, seed, 'migration');
    if (this.migrations !== null) pcpu.agenda.schedule(Source.migration, this.migrations.next(0));
    this.scheduleNextWake();
    host.wakeOthers = this.wake;
  }

  /** More than the vCPU thread wants this CPU: single_task_running() is false. */
  get othersRunnable(): boolean {
    return this.kworkerRemaining > 0 || this.waitingCompetitor() !== null;
  }

  private waitingCompetitor(): Competitor | null {
    for (const competitor of this.competitors) if (competitor.remaining > 0) return competitor;
    return null;
  }

  /** An interrupt has made a thread runnable. */
  private readonly wake = (source: number): boolean => {
    const { pcpu } = this.host;
    if (source === Source.migration) {
      pcpu.agenda.schedule(Source.migration, this.migrations!.next(pcpu.now));
      this.migrationDue = true;
      this.host.needResched = true;
    } else if (source === Source.kworker) {
      pcpu.agenda.schedule(Source.kworker, this.kworker!.next(pcpu.now));
      this.kworkerRemaining += this.kworker!.duration();
      traceWakeup(pcpu, pcpu.execution.kworker);
      if (this.host.vcpu.priority === 0) this.host.needResched = true;
    } else {
      this.wakeCompetitors();
    }
    this.host.interrupt(this.onWakeup);
    return true;
  };

  private readonly onWakeup = (): void => this.host.pcpu.spend(Stage['host.wakeup']);

  private wakeCompetitors(): void {
    for (const competitor of this.competitors) {
      const waits = competitor.remaining > 0 && this.preemptsVcpu(competitor);
      if (waits) this.host.needResched = true;
      if (competitor.nextWake > this.host.pcpu.now) continue;
      competitor.nextWake += competitor.config.periodCycles;
      competitor.remaining += competitor.config.runCycles;
      traceWakeup(this.host.pcpu, competitor.task);
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
    let next = NEVER;
    for (const { nextWake } of this.competitors) next = Math.min(next, nextWake);
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
    this.updateLoadAverage();
    switchTask(pcpu, pcpu.execution.vcpu, this.othersRunnable);
    const moved = this.migrationDue;
    if (moved) {
      this.migrationDue = false;
      pcpu.spend(Stage['host.migrate_thread']);
      pcpu.costs.forgetEverything();
    }
    pcpu.spend(Stage['host.vcpu_load']);
    // A fair thread that is still runnable waits for the end of the vCPU's slice.
    this.host.needResched = this.isOutranked();
    this.scheduleNextWake();
    notifier.schedIn(moved);
  }

  private isOutranked(): boolean {
    const { priority } = this.host.vcpu;
    for (const { config, remaining } of this.competitors)
      if (remaining > 0 && config.priority > priority) return true;
    return false;
  }

  private updateLoadAverage(): void {
    const { pcpu } = this.host;
    const period = Math.floor(pcpu.now / this.loadPeriodCycles);
    if (period === this.loadPeriod) return;
    this.loadPeriod = period;
    pcpu.spend(Stage['host.update_load_average']);
  }

  /** Runs other threads: those that outrank the vCPU to their end, fair-share ones for a slice. */
  runOthers(vcpuJustWoke: boolean): void {
    if (this.host.vcpu.priority === 0 && this.kworkerRemaining > 0) {
      switchTask(this.host.pcpu, this.host.pcpu.execution.kworker, true);
      this.run(Stage['host.kworker'], this.kworkerRemaining);
      this.kworkerRemaining = 0;
    }
    for (const competitor of this.competitors) {
      if (competitor.remaining === 0 || !this.preemptsVcpu(competitor)) continue;
      const fair = competitor.config.priority === 0;
      if (fair && vcpuJustWoke) continue;
      const turn = fair ? Math.min(competitor.remaining, this.sliceCycles) : competitor.remaining;
      switchTask(this.host.pcpu, competitor.task, true);
      competitor.remaining -= this.run(Stage['host.competitor'], turn);
    }
  }

  /** While the vCPU sleeps: runs a waiting thread until it is done or `until` says that the vCPU woke. */
  runWhileVcpuSleeps(woken: () => boolean): boolean {
    const competitor = this.waitingCompetitor();
    const { pcpu } = this.host;
    if (this.kworkerRemaining > 0) {
      switchTask(pcpu, pcpu.execution.kworker, false);
      this.kworkerRemaining -= this.run(Stage['host.kworker'], this.kworkerRemaining, woken);
    } else if (competitor !== null) {
      switchTask(pcpu, competitor.task, false);
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
