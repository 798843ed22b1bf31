import { preemptionTimerErratum } from '../hardware/preemption-timer-errata.ts';
import type { KernelFeatures } from './features.ts';
import type { KernelVersion } from './versions.ts';

/** What decides whether KVM may use the VMX preemption timer for a guest's timer. */
export interface HvTimerFacts {
  readonly version: KernelVersion;
  readonly features: KernelFeatures;
  readonly kernelBits: 32 | 64;
  readonly vendor: 'intel' | 'amd';
  /** CPUID.1:EAX */
  readonly signature: number;
  /** IA32_VMX_MISC[4:0]; null where the CPU has no preemption timer. */
  readonly rateShift: number | null;
  readonly tscKhz: number;
  /** False when KVM itself runs in a guest whose hypervisor hides the control. */
  readonly offeredByOuterHypervisor: boolean;
  /** kvm_intel refuses a counter that is too fast, as it does unless patched. */
  readonly countLimited: boolean;
  readonly mwaitInGuest: boolean;
  readonly postedTimer: boolean;
}

/**
 * Why the hv timer cannot be used, in the order in which KVM finds out (`setup_vmcs_config`,
 * `hardware_setup`, `kvm_can_use_hv_timer`); null when it can. A deadline beyond the counter's 32 bits is
 * decided each time it is armed.
 */
export function hvTimerObstacle(facts: HvTimerFacts): string | null {
  const { features, version } = facts;
  if (facts.vendor === 'amd') return 'AMD SVM has no preemption timer';
  if (features.hvTimer === 'none')
    return `KVM of Linux ${version} does not use the VMX preemption timer (4.8 and later do)`;
  if (features.hvNeeds64Bit && facts.kernelBits === 32) return 'a 32-bit kernel has no hv timer operations';
  if (!facts.offeredByOuterHypervisor) return 'the outer hypervisor does not offer the preemption timer';
  if (facts.rateShift === null) return 'the CPU has no VMX preemption timer';
  const erratum = features.hvErrataChecked ? preemptionTimerErratum(facts.signature, version) : undefined;
  if (erratum) return `the preemption timer of this CPU is broken: ${erratum.parts}`;
  const countHz = Math.floor((facts.tscKhz * 1000) / 2 ** facts.rateShift);
  if (facts.countLimited && features.hvMaxCountHz !== null && countHz > features.hvMaxCountHz) {
    return `the timer would count at ${countHz} Hz; KVM accepts ${features.hvMaxCountHz} Hz at most`;
  }
  if (facts.mwaitInGuest && features.hvVetoedByMwait)
    return 'the guest may execute MWAIT, whose C-states stop the counter';
  if (facts.postedTimer) return 'timer interrupts are posted from a housekeeping CPU';
  return null;
}
