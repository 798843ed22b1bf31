import { type Features, resolveFeatures } from './features/feature-row.ts';
import { haltPollingFeatures } from './features/halt-polling.ts';
import { hostFeatures } from './features/host.ts';
import { hvTimerFeatures } from './features/hv-timer.ts';
import { injectionFeatures } from './features/injection.ts';
import { lapicFeatures } from './features/lapic.ts';
import { patchRevisionFeatures } from './features/patch-revisions.ts';
import { traceFeatures } from './features/trace-format.ts';
import type { KernelVersion, PatchRevision } from './versions.ts';

/**
 * Every behaviour of KVM that depends on the release: one row each, one column per release. "Since 4.13" means present
 * in 4.13 and absent in the next older release that was read; stable trees may carry backports.
 */
export const KERNEL_FEATURE_TABLE = {
  ...hvTimerFeatures,
  ...lapicFeatures,
  ...injectionFeatures,
  ...haltPollingFeatures,
  ...hostFeatures,
  ...traceFeatures,
} as const;

/** What KVM of one release does. */
export type KernelFeatures = Features<typeof KERNEL_FEATURE_TABLE>;

const resolved = new Map<string, KernelFeatures>();

/** The column of `version`, with what a posting of the 2016 patch series did differently. */
export function kernelFeatures(
  version: KernelVersion,
  patchRevision: PatchRevision | null = null,
): KernelFeatures {
  const key = `${version} ${patchRevision}`;
  const known = resolved.get(key);
  if (known !== undefined) return known;
  const release = resolveFeatures(KERNEL_FEATURE_TABLE, version);
  const overrides = patchRevision === null ? {} : patchRevisionFeatures[patchRevision];
  const features: KernelFeatures = Object.freeze({ ...release, ...overrides });
  resolved.set(key, features);
  return features;
}
