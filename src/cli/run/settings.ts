import type { Setting } from '../../scenario/settings.ts';
import type { RunOptions } from '../commands/run.ts';
import { numberOr } from '../scenario-options.ts';

/** Fields that an option of its own stands for. */
const FIELDS = [
  ['loops', '--loops', 'workload.loops'],
  ['interval', '--interval', 'workload.interval_us'],
  ['threads', '--threads', 'workload.threads'],
  ['histogram', '--histogram', 'workload.histogram_us'],
] as const satisfies readonly (readonly [keyof RunOptions, string, string])[];

/** What the options override in the scenario; an option of its own wins over `--set`. */
export function settingsOf(options: RunOptions): (string | Setting)[] {
  const settings: (string | Setting)[] = [...options.set];
  for (const [name, option, path] of FIELDS) {
    const text = options[name];
    if (text !== undefined) settings.push({ option, path: path.split('.'), value: numberOr(text) });
  }
  if (options.seed !== undefined) settings.push({ option: '--seed', path: ['seed'], value: options.seed });
  return settings;
}
