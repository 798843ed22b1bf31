import { Command, InvalidArgumentError, Option } from 'commander';
import { GUARD_LOOPS, GUARD_RATIO } from './guard.ts';

export interface Options {
  readonly loops: number;
  readonly repetitions: number;
  readonly json: boolean;
  readonly casesOnly: boolean;
  readonly growth: boolean;
  readonly graph?: string;
  readonly write?: string;
  readonly guard?: number;
  /** Work for a process of its own: see aside.ts. */
  readonly aside?: string;
}

export function parseOptions(): Options {
  const options = new Command('bench')
    .description('Measures the engine against the work that it cannot avoid.')
    .option('-l, --loops <n>', 'loops of each run (default: 600000)', positive)
    .option('-r, --repetitions <n>', 'runs of each case (default: 5)', positive)
    .option('--cases-only', 'the scenarios alone', false)
    .option('--growth', 'also up to 100 times the loops, 8 threads, 8 vCPUs, 10000 IPIs: minutes', false)
    .option('--graph <file>', 'write a graph of the growth (SVG)')
    .option('--write <file>', 'write the report into a document, between its marks')
    .option('--json', 'print the report as JSON', false)
    .addOption(
      new Option('--guard [ratio]', `fail if the engine takes more than so many times the limit`)
        .argParser(positive)
        .preset(GUARD_RATIO),
    )
    .addOption(new Option('--aside <work>').hideHelp())
    .parse()
    .opts<Options>();
  if (options.guard === undefined) return { ...options, ...sized(options, 600_000, 5) };
  return { ...options, ...sized(options, GUARD_LOOPS, 3), casesOnly: true };
}

function sized({ loops, repetitions }: Options, defaultLoops: number, defaultRepetitions: number) {
  return { loops: loops ?? defaultLoops, repetitions: repetitions ?? defaultRepetitions };
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('It must be a positive number.');
  return value;
}
