import { type Problem, UserError } from '../user-error.ts';
import { type LoadOptions, loadScenario } from './load.ts';
import { isObject } from './merge.ts';
import { parseProfile } from './profile.ts';
import { readTextFile } from './read-text.ts';

/** What is to be said about one file. */
export interface FileReport {
  readonly file: string;
  readonly kind: 'scenario' | 'profile';
  readonly valid: boolean;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** Checks a scenario, or a CPU profile (known by its costs), and tells everything that is wrong with it. */
export async function validateFile(file: string, options: LoadOptions = {}): Promise<FileReport> {
  const kind = file !== '-' && isProfile(file) ? 'profile' : 'scenario';
  try {
    if (kind === 'profile') parseProfile(readTextFile(file), file);
    const warnings = kind === 'profile' ? [] : (await loadScenario(file, options)).warnings;
    return { file, kind, valid: true, problems: [], warnings };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { file, kind, valid: false, problems: error.problems, warnings: [] };
  }
}

function isProfile(file: string): boolean {
  try {
    const value: unknown = JSON.parse(readTextFile(file));
    return isObject(value) && 'costs' in value;
  } catch {
    return false;
  }
}
