import { parseJson } from './json-source.ts';
import { isObject } from './merge.ts';
import { readTextFile } from './read-text.ts';
import { type ShippedFile, shippedProfiles, shippedScenarios } from './shipped.ts';

/** Something that ships, with the sentence that introduces it. */
export interface ShippedEntry extends ShippedFile {
  readonly description: string;
}

/** The scenarios that ship, in the order of their files. */
export const describedScenarios = (): ShippedEntry[] => shippedScenarios().map(described);

/** The CPU profiles that ship. */
export const describedProfiles = (): ShippedEntry[] => shippedProfiles().map(described);

function described(shipped: ShippedFile): ShippedEntry {
  const { value } = parseJson(readTextFile(shipped.file), shipped.file);
  const description = isObject(value) && typeof value.description === 'string' ? value.description : '';
  return { ...shipped, description };
}
