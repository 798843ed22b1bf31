import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeWholeFile } from '../../io/whole-file.ts';
import { UserError } from '../../user-error.ts';
import { BASELINE_DOCUMENT, type Baseline } from './document.ts';

/** Every baseline of the folder by its scenario. Throws a UserError that names a file that is none. */
export function readBaselines(folder: string): Map<string, Baseline> {
  if (!existsSync(folder)) return new Map();
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort();
  return new Map(
    names.map((name) => {
      const baseline = readBaseline(join(folder, name));
      return [baseline.scenario, baseline];
    }),
  );
}

function readBaseline(file: string): Baseline {
  const broken = (message: string) =>
    new UserError('baseline-invalid', { file, message, hint: 'kvmtimer baseline update writes it anew' });
  let value: Partial<Baseline> | null;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw broken(`cannot be read: ${(error as Error).message}`);
  }
  const whole =
    value?.document === BASELINE_DOCUMENT &&
    value.schema_version === 1 &&
    typeof value.scenario === 'string' &&
    typeof value.scenario_hash === 'string' &&
    Array.isArray(value.threads) &&
    value.threads.every((thread) => typeof thread?.digest === 'string' && typeof thread.figures === 'object');
  if (!whole) throw broken('is no baseline');
  return value as Baseline;
}

export function writeBaseline(folder: string, baseline: Baseline): void {
  mkdirSync(folder, { recursive: true });
  writeWholeFile(fileOf(folder, baseline.scenario), `${JSON.stringify(baseline, null, 2)}\n`);
}

export function removeBaseline(folder: string, scenario: string): void {
  rmSync(fileOf(folder, scenario), { force: true });
}

function fileOf(folder: string, scenario: string): string {
  return join(folder, `${scenario}.json`);
}
