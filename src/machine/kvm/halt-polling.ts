import type { Nanoseconds } from '../../time.ts';
import type { KvmConfig } from '../config.ts';
import type { KernelFeatures } from './features.ts';

/** halt_poll_ns of one vCPU and its rule of growth (kvm_main.c: kvm_vcpu_block, kvm_vcpu_halt, grow and shrink). */
export class HaltPolling {
  /** How long the next halt polls. */
  ns: Nanoseconds = 0;
  private readonly maxNs: Nanoseconds;
  private readonly grow: number;
  private readonly growStartNs: Nanoseconds;
  private readonly shrink: number;

  constructor(
    private readonly features: KernelFeatures,
    config: Pick<KvmConfig, 'haltPollNs' | 'haltPollNsGrow' | 'haltPollNsGrowStart' | 'haltPollNsShrink'>,
  ) {
    this.maxNs = config.haltPollNs;
    this.grow = config.haltPollNsGrow;
    this.growStartNs = config.haltPollNsGrowStart;
    this.shrink = config.haltPollNsShrink;
  }

  /** Length of the poll of a halt that starts now. */
  start(): Nanoseconds {
    if (this.features.haltPollCapAtStart) this.ns = Math.min(this.ns, this.maxNs);
    return this.ns;
  }

  /** After a halt of `blockedNs`: what the next one polls. Returns the direction when it was reconsidered. */
  update(blockedNs: Nanoseconds): 'grow' | 'shrink' | null {
    const { ns, maxNs } = this;
    if (maxNs === 0) {
      this.ns = 0;
      return null;
    }
    if (blockedNs <= ns) return null;
    if (ns > 0 && blockedNs > maxNs) {
      this.ns = this.shrunk();
      return 'shrink';
    }
    if (ns < maxNs && blockedNs < maxNs) {
      this.ns = this.grown();
      return 'grow';
    }
    return null;
  }

  private grown(): Nanoseconds {
    const { features, ns, grow, growStartNs, maxNs } = this;
    if (features.haltPollGrowRule === 'at-least-start') {
      if (grow === 0) return ns;
      const grown = Math.max(ns * grow, growStartNs);
      return features.haltPollCapAtStart ? grown : Math.min(grown, maxNs);
    }
    return Math.min(ns === 0 && grow !== 0 ? growStartNs : ns * grow, maxNs);
  }

  private shrunk(): Nanoseconds {
    if (this.shrink === 0) return 0;
    const shrunk = Math.floor(this.ns / this.shrink);
    return this.features.haltPollShrinkBelowStartToZero && shrunk < this.growStartNs ? 0 : shrunk;
  }
}
