/** Kernel releases that have a preset: those whose sources decided the feature tables. */
export const KERNEL_VERSIONS = [
  ...(['4.4', '4.8', '4.9', '4.10', '4.11', '4.12', '4.13', '4.15', '4.16', '4.17', '4.18', '4.19'] as const),
  ...(['4.20', '5.0', '5.2', '5.3', '5.4', '5.6', '5.7', '5.8', '5.9', '5.11', '5.12', '5.14'] as const),
  ...(['5.15', '5.17', '5.19', '6.1', '6.8', '6.9', '6.10', '6.11', '6.12', '6.14', '6.16'] as const),
  ...(['6.18', '6.19'] as const),
] as const;
export type KernelVersion = (typeof KERNEL_VERSIONS)[number];

/** Postings of the 2016 series that brought the VMX preemption timer to the guest's TSC-deadline timer. */
export const PATCH_REVISIONS = ['v1', 'v2', 'v3', 'v4'] as const;
export type PatchRevision = (typeof PATCH_REVISIONS)[number];

/** "4.10" as 4010, so that releases compare as numbers. */
export function releaseNumber(version: string): number {
  const [major, minor] = version.split('.');
  return Number(major) * 1000 + Number(minor);
}
