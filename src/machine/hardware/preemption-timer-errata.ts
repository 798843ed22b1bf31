import { releaseNumber } from '../kvm/versions.ts';

/** A CPU whose VMX preemption timer KVM does not use (`cpu_has_broken_vmx_preemption_timer`). */
export interface PreemptionTimerErratum {
  /** CPUID.1:EAX without its reserved bits. */
  readonly signature: number;
  readonly parts: string;
  /** First release whose list has the entry. */
  readonly since: string;
}

export const PREEMPTION_TIMER_ERRATA: readonly PreemptionTimerErratum[] = [
  { signature: 0x206e6, parts: 'Xeon 7500 D0 (BA86)', since: '4.8' },
  {
    signature: 0x20652,
    parts: 'Xeon L3406 C2 (AAX65), Core i3/i5/i7 mobile C2 (AAT59), i5-600 C2 (AAU65)',
    since: '4.8',
  },
  { signature: 0x20655, parts: 'Core i5-600/i3-500/Pentium G6950 K0 (AAU65)', since: '4.8' },
  {
    signature: 0x106e5,
    parts: 'Xeon 3400 B1 (AAO95), Core i7-800/i5-700 B1 (AAN92), mobile B1 (AAP86)',
    since: '4.8',
  },
  { signature: 0x106a0, parts: 'Xeon 3500 C0 (AAM126)', since: '4.8' },
  { signature: 0x106a1, parts: 'Xeon 3500 C1 (AAM126)', since: '4.8' },
  { signature: 0x106a4, parts: 'Core i7-900 C0 (AAJ124)', since: '4.8' },
  {
    signature: 0x106a5,
    parts: 'Xeon 3500 D0 (AAM126), Xeon 5500 D0 (AAK139), Core i7-900 D0 (AAJ124)',
    since: '4.8',
  },
  { signature: 0x306a8, parts: 'Xeon E3-1220 V2', since: '5.0' },
];

/** Bits 15:14 and 31:28 of CPUID.1:EAX are reserved and do not count. */
const RESERVED_BITS = 0xf000_c000;

/** The entry of the list of `version` for a CPU signature (CPUID.1:EAX); undefined for a sound CPU. */
export function preemptionTimerErratum(
  signature: number,
  version: string,
): PreemptionTimerErratum | undefined {
  const masked = (signature & ~RESERVED_BITS) >>> 0;
  return PREEMPTION_TIMER_ERRATA.find(
    (entry) => entry.signature === masked && releaseNumber(entry.since) <= releaseNumber(version),
  );
}
