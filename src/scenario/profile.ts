import { resolve } from 'node:path';
import type { CostProfile } from '../machine/costs/profile.ts';
import { UserError } from '../user-error.ts';
import { parseJson } from './json-source.ts';
import { pathText } from './merge.ts';
import { describeIssues } from './problems.ts';
import { type CheckedProfile, profileFields } from './profile-schema.ts';
import { readTextFile } from './read-text.ts';
import { findShipped, isBareName, shippedProfiles } from './shipped.ts';
import { didYouMean } from './suggest.ts';

/**
 * Parses and checks a profile; throws a UserError ("profile-invalid") with everything that is wrong with
 * it.
 */
export function parseProfile(content: string, file: string): CostProfile {
  const source = parseJson(content, file);
  const parsed = profileFields.safeParse(source.value);
  if (parsed.success) {
    const { $schema: _, ...profile } = parsed.data;
    return profile as CheckedProfile;
  }
  const problems = describeIssues(
    parsed.error.issues,
    source.value,
    profileFields.catalogue(),
    (path, part) => ({
      file,
      ...source.locate(path, part),
      path: pathText(path),
    }),
  );
  throw new UserError('profile-invalid', problems);
}

/**
 * A profile by the name of one that ships, or by the path of a file (seen from `folder`). Throws a
 * UserError ("profile-unknown") that names the profiles there are.
 */
export function loadProfile(cpu: string, folder = '.'): CostProfile {
  const profiles = shippedProfiles();
  const file = isProfilePath(cpu) ? resolve(folder, cpu) : findShipped(profiles, cpu);
  if (file !== undefined) return parseProfile(readTextFile(file), cpu);
  const names = profiles.map(({ name }) => name);
  const hint = didYouMean(cpu, names) ?? `there are: ${names.join(', ')}; or the path of a profile file`;
  throw new UserError('profile-unknown', { path: 'host.cpu', message: `there is no profile "${cpu}"`, hint });
}

/** A path has a separator or ends in .json; everything else is the name of a shipped profile. */
export function isProfilePath(cpu: string): boolean {
  return !isBareName(cpu) || cpu.endsWith('.json');
}

/** Profiles by name, each read once. */
export function profileLibrary(
  load: (cpu: string) => CostProfile = loadProfile,
): (cpu: string) => CostProfile {
  const known = new Map<string, CostProfile>();
  return (cpu) => {
    const profile = known.get(cpu) ?? load(cpu);
    known.set(cpu, profile);
    return profile;
  };
}
