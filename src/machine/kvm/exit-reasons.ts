/** VM exits of this machine, by their VMX name. */
export const Exit = {
  externalInterrupt: 1,
  interruptWindow: 7,
  cpuid: 10,
  hlt: 12,
  vmcall: 18,
  msrRead: 31,
  msrWrite: 32,
  mwait: 36,
  preemptionTimer: 52,
} as const;
export type Exit = (typeof Exit)[keyof typeof Exit];

const VMX_NAMES: Readonly<Record<Exit, string>> = {
  1: 'EXTERNAL_INTERRUPT',
  7: 'INTERRUPT_WINDOW',
  10: 'CPUID',
  12: 'HLT',
  18: 'VMCALL',
  31: 'MSR_READ',
  32: 'MSR_WRITE',
  36: 'MWAIT_INSTRUCTION',
  52: 'PREEMPTION_TIMER',
};
const SVM_NAMES: Readonly<Record<Exit, string>> = {
  1: 'interrupt',
  7: 'vintr',
  10: 'cpuid',
  12: 'hlt',
  18: 'vmmcall',
  31: 'msr',
  32: 'msr',
  36: 'mwait',
  52: 'none',
};

/** The word that the kvm_exit tracepoint prints. */
export function exitName(exit: Exit, vendor: 'intel' | 'amd', windowName: string): string {
  if (vendor === 'amd') return SVM_NAMES[exit];
  return exit === Exit.interruptWindow ? windowName : VMX_NAMES[exit];
}

export const MSR_TSC_DEADLINE = 0x6e0;
/** The first of the x2APIC MSRs: register 0 of the APIC's page. */
export const MSR_X2APIC = 0x800;
export const MSR_X2APIC_EOI = 0x80b;
export const MSR_X2APIC_LVTT = 0x832;
export const MSR_X2APIC_TMICT = 0x838;
export const MSR_X2APIC_TMCCT = 0x839;
export const MSR_X2APIC_TDCR = 0x83e;
