import type { CommandBuilder } from '../command.ts';
import { type Command, Option } from '../commander.ts';
import { addScenarioOptions, type ScenarioOptions } from '../scenario-options.ts';
import { threadCount } from '../thread-count.ts';

export const RUN_FORMATS = ['cyclictest', 'table', 'json', 'rt-tests-2.7'] as const;

/** What the options of `run` say; values that stand for scenario fields are checked with the scenario. */
export interface RunOptions extends ScenarioOptions {
  readonly format: (typeof RUN_FORMATS)[number];
  readonly output?: string;
  readonly loops?: string;
  readonly interval?: string;
  readonly threads?: string;
  readonly histogram?: string;
  readonly histofall: boolean;
  readonly histfile?: string;
  readonly json?: string;
  readonly seed?: string;
  readonly jobs?: number;
  readonly quiet: boolean;
}

const EXAMPLES = `
Examples:
  $ kvmtimer run scenarios/jiang-2016-v4-hv-timer-on.json
  $ kvmtimer run --format table scenarios/jiang-2016-v4-hv-timer-on.json scenarios/jiang-2016-v4-hv-timer-off.json
  $ kvmtimer run -l 10000 --set host.kvm.enable_hv_timer=false --output off.json jiang-2016-v4-hv-timer-on
  $ kvmtimer run --format json - < scenario.json

A scenario is a file, \`-\` for standard input, or the name of one that ships (\`kvmtimer list\`).
An output file named \`-\` is printed instead of the histogram. Ctrl-C prints the results so far.`;

export const build: CommandBuilder = (command, context) => {
  command.argument('<scenario...>', 'scenarios to run, one after the other');
  addScenarioOptions(addFieldOptions(command))
    .addOption(new Option('--format <format>', 'what is printed').choices(RUN_FORMATS).default('cyclictest'))
    .option('-H, --histofall', 'add a column with the sum over all threads', false)
    .option('--histfile <file>', 'write the histogram to a file instead of printing it')
    .option('--json <file>', "write cyclictest's own JSON form")
    .option('-o, --output <file>', 'write the complete result document (JSON)')
    .option(
      '-j, --jobs <n>',
      'threads for runs of more than 100000 loops; as many as cores by default',
      threadCount,
    )
    .option('-q, --quiet', 'no progress and no warnings on standard error', false)
    .addHelpText('after', EXAMPLES)
    .action(async (scenarios: string[], options: RunOptions) => {
      const { runScenarios } = await import('../run/run-scenarios.ts');
      context.finish(await runScenarios(scenarios, options, context));
    });
};

/** Fields of the scenario that have an option of their own, mostly cyclictest's. */
function addFieldOptions(command: Command): Command {
  return command
    .option('-l, --loops <n>', 'samples per thread')
    .option('-i, --interval <us>', 'interval of the timer in µs')
    .option('-t, --threads <n>', 'number of measuring threads')
    .option('--histogram <n>', 'number of 1 µs rows of the histogram')
    .option('--seed <text>', 'seed of all randomness: same seed, same bytes');
}
