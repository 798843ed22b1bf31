import { type Command, Option } from '../commander.ts';
import { threadCount } from '../thread-count.ts';

export const SWEEP_FORMATS = ['table', 'csv', 'ndjson', 'json', 'parquet'] as const;

/** What `sweep` and `merge` can be asked to show. */
export interface ViewOptions {
  readonly format?: (typeof SWEEP_FORMATS)[number];
  readonly output?: string;
  readonly plot?: string;
  readonly metric?: string;
  readonly goal: readonly string[];
}

export interface SweepOptions extends ViewOptions {
  readonly set: readonly string[];
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly jobs?: number;
  readonly journal?: string;
  readonly resume: boolean;
  readonly fresh: boolean;
  readonly queue?: string;
  readonly shard?: string;
  readonly quiet: boolean;
  readonly allowOutside: boolean;
}

export function addViewOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--format <format>', 'what is printed, or written to --output').choices(SWEEP_FORMATS),
    )
    .option(
      '-o, --output <file>',
      'write the points to a file; its ending (.csv, .parquet, …) tells the format',
    )
    .option('--plot <file>', 'write a picture (SVG): lines, heat map or main effects')
    .option('--metric <name>', 'figure to rank and draw by: min, mean, max, or a quantile like p99.9')
    .option(
      '--goal <goal>',
      'what is best, as in "min p99.9"; a second one gives the Pareto set',
      collect,
      [],
    );
}

export function addRunOptions(command: Command): Command {
  return command
    .option('--set <path=value>', 'override a field of the base scenario (repeatable)', collect, [])
    .option('--dry-run', 'show what would be run, and about how long it takes', false)
    .option('-y, --yes', 'run more than a million points', false)
    .option('-j, --jobs <n>', 'worker threads; as many as cores by default', threadCount)
    .option(
      '--journal <file>',
      'keep finished points here; NAME.journal.ndjson, removed at the end, by default',
    )
    .option('--resume', 'go on with what the journal holds', false)
    .option('--fresh', 'begin anew, whatever the journal holds', false)
    .option('--queue <url>', 'let workers do the work: redis://host:6379; KVMTIMER_QUEUE by default')
    .option(
      '--shard <i/n>',
      'run part i of n into a journal for `kvmtimer merge`; auto under a job scheduler',
    )
    .option('-q, --quiet', 'no progress and no notes on standard error', false)
    .option('--allow-outside', 'let the base and profiles lie outside the folder of the sweep', false);
}

export function collect(value: string, previous: readonly string[]): string[] {
  return [...previous, value];
}
