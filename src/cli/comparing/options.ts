import type { Unit } from '../../formats/format.ts';
import { type Command, InvalidArgumentError, Option } from '../commander.ts';

/** What the options shared by `compare` and `gate` parse to. */
export interface ComparingOptions {
  readonly from?: string;
  readonly unit?: Unit;
  readonly tscKhz?: number;
  readonly vary: readonly string[];
  readonly pool?: boolean;
  readonly mergeThreads?: boolean;
  readonly alpha?: number;
  readonly confidence?: number;
  readonly gate: readonly string[];
  readonly gateFile?: string;
  readonly minEffect?: string;
  readonly exact?: boolean;
  readonly github?: boolean;
  readonly format: string;
  readonly output: string;
  readonly exportJson?: string;
  readonly exportMarkdown?: string;
  readonly exportJunit?: string;
}

/** Reading, matching and testing. */
export function addInputOptions(command: Command): Command {
  return command
    .option('--from <format>', 'format of the inputs; told by their content without it')
    .addOption(new Option('--unit <unit>', 'unit of text that does not state its own').choices(['us', 'ns']))
    .option('--tsc-khz <kHz>', 'TSC frequency for text that counts cycles', positive)
    .option('--vary <path>', 'field that is the experiment and may differ (repeatable)', collect, [])
    .option('--pool', 'take all runs of a side as one sample, not as repetitions')
    .option('--merge-threads', 'add the threads of each run together')
    .option('--alpha <level>', 'largest p-value that counts as significant (default: 0.01)', level)
    .option('--confidence <level>', 'level of the confidence intervals (default: 0.95)', level);
}

export function addGateOptions(command: Command): Command {
  return command
    .option('--gate <rule>', 'rule that must hold, as "p99.9 < 40us" (repeatable)', collect, [])
    .option('--gate-file <file>', 'rules from a file')
    .option('--min-effect <size>', 'least difference that "significant" heeds (default: 1%)')
    .option('--exact', 'demand identity with the baseline (simulated runs of equal seed)')
    .option('--export-junit <file>', 'write the verdict as JUnit XML, too')
    .option('--github', 'annotate on GitHub and append to the job summary');
}

export function addOutputOptions(command: Command, formats: readonly string[]): Command {
  return command
    .addOption(
      new Option('-f, --format <format>', 'format of the output').choices(formats).default(formats[0]),
    )
    .option('-o, --output <file>', 'write to a file instead of standard output', '-')
    .option('--export-json <file>', 'write as JSON, too')
    .option('--export-markdown <file>', 'write as Markdown, too');
}

export function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}

function level(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value < 1) return value;
  throw new InvalidArgumentError('It lies between 0 and 1, as in 0.01.');
}

/** For options that take a frequency or the like. */
export function positive(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError('It is a number above 0.');
}
