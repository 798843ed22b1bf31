import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder scenarios/ of this package, above both src/ and dist/. */
export const SHIPPED_FOLDER = fileURLToPath(new URL('../../scenarios/', import.meta.url));

/** What a shipped scenario or profile is called, and the file it is. */
export interface ShippedFile {
  readonly name: string;
  readonly file: string;
}

/** The scenarios that ship, by name. */
export function shippedScenarios(): ShippedFile[] {
  return ['', 'mechanisms'].flatMap((folder) => jsonFiles(join(SHIPPED_FOLDER, folder)));
}

/** The CPU profiles that ship, by name. */
export function shippedProfiles(): ShippedFile[] {
  return jsonFiles(join(SHIPPED_FOLDER, 'profiles'));
}

/** The shipped file of that bare name ("xeon-e5-2699-v3", with or without .json). */
export function findShipped(files: readonly ShippedFile[], name: string): string | undefined {
  return files.find((shipped) => shipped.name === basename(name, '.json'))?.file;
}

/** A name of something that ships rather than the path of a file. */
export function isBareName(name: string): boolean {
  return !/[/\\]/.test(name) && name !== '-';
}

function jsonFiles(folder: string): ShippedFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((entry) => entry.endsWith('.json') && !entry.endsWith('.schema.json'))
    .sort()
    .map((entry) => ({ name: basename(entry, '.json'), file: join(folder, entry) }));
}
