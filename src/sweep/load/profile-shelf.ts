import { join } from 'node:path';
import type { CostProfile } from '../../machine/costs/profile.ts';
import { isProfilePath, loadProfile } from '../../scenario/profile.ts';
import { isReachable } from '../../scenario/source-chain.ts';
import { UserError } from '../../user-error.ts';

/**
 * Cost profiles by the name that scenarios use. Those from files travel with the sweep, since a worker on another
 * machine has no such file; shipped ones are everywhere.
 */
export class ProfileShelf {
  readonly #folder: string;
  readonly #allowOutside: boolean;
  readonly #profiles = new Map<string, CostProfile>();

  constructor(folder: string, allowOutside: boolean) {
    this.#folder = folder;
    this.#allowOutside = allowOutside;
  }

  put(cpu: string, profile: CostProfile): void {
    this.#profiles.set(cpu, profile);
  }

  /** Throws a UserError ("profile-unknown", "profile-invalid"). */
  get(cpu: string): CostProfile {
    const known = this.#profiles.get(cpu);
    if (known !== undefined) return known;
    if (isProfilePath(cpu) && !this.#allowOutside && !isReachable(join(this.#folder, cpu), this.#folder)) {
      const message = `"${cpu}" lies outside the folder of the sweep`;
      throw new UserError('profile-unknown', {
        path: 'host.cpu',
        message,
        hint: '--allow-outside permits it',
      });
    }
    const profile = loadProfile(cpu, this.#folder);
    this.#profiles.set(cpu, profile);
    return profile;
  }

  /** The profiles that came from files. */
  brought(): Record<string, CostProfile> {
    return Object.fromEntries([...this.#profiles].filter(([cpu]) => isProfilePath(cpu)));
  }
}
