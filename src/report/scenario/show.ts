import { Chalk } from 'chalk';
import type { CostProfile, SourcedValue } from '../../machine/costs/profile.ts';
import { scenarioHash } from '../../scenario/hash.ts';
import type { LoadedScenario } from '../../scenario/load.ts';
import { valueAt } from '../../scenario/merge.ts';
import type { Origin } from '../../scenario/origins.ts';
import { warningText } from '../../scenario/resolve.ts';
import { aligned } from './aligned.ts';

export interface ShowOptions {
  readonly color: boolean;
  /** Also the values of the CPU profile. */
  readonly costs: boolean;
}

/** The resolved scenario, one value a line with its origin. */
export function showAsText(loaded: LoadedScenario, { color, costs }: ShowOptions): string {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  const style = (cell: string, column: number) => (column === 2 ? chalk.dim(cell) : cell);
  const rows = [...loaded.origins].map(([path, origin]) => {
    return [path, JSON.stringify(valueAt(loaded.scenario, path.split('.'))), originText(origin, loaded)];
  });
  const head = [
    `# ${loaded.scenario.name}\n`,
    `# hash ${scenarioHash(loaded.scenario, loaded.profile)}\n`,
    ...loaded.warnings.map((warning) => `# warning: ${warningText(warning)}\n`),
  ];
  return `${head.join('')}${aligned(rows, style)}${costs ? costsText(loaded.profile, color) : ''}`;
}

/** The same for programs: the scenario, its hash, the warnings and the origin of each path. */
export function showAsJson(loaded: LoadedScenario, { costs }: ShowOptions): string {
  const { scenario, profile, warnings, origins } = loaded;
  const document = {
    scenario,
    scenario_hash: scenarioHash(scenario, profile),
    warnings: warnings.map(({ path, requested, resolved, reason }) => ({
      path,
      requested,
      resolved,
      reason,
    })),
    origins: Object.fromEntries(origins),
    ...(costs ? { profile } : {}),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function originText(origin: Origin, { scenario }: LoadedScenario): string {
  switch (origin.kind) {
    case 'file':
      return `${origin.file}:${origin.line}:${origin.column}`;
    case 'set':
      return origin.option;
    case 'default':
      return 'default';
    case 'preset':
      return origin.of === 'kernel release' ? `default of Linux ${scenario.host.kernel.version}` : origin.of;
    case 'machine':
      return `decided by the machine: ${origin.reason}`;
  }
}

function costsText(profile: CostProfile, color: boolean): string {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  const style = (cell: string, column: number) => (column >= 2 ? chalk.dim(cell) : cell);
  return `\n# profile ${profile.name}: ${profile.description}\n${aligned(sourcedRows(profile, ''), style)}`;
}

/** Every number of the profile: path, value, kind, source. */
function sourcedRows(node: object, path: string): string[][] {
  return Object.entries(node).flatMap(([key, member]: [string, unknown]): string[][] => {
    if (typeof member !== 'object' || member === null) return [];
    const here = path === '' ? key : `${path}.${key}`;
    if (!('value' in member)) return sourcedRows(member, here);
    const { value, kind, source } = member as SourcedValue;
    return [[here, String(value), kind, source]];
  });
}
