import type { CommandBuilder } from '../command.ts';
import { type Command, Option } from '../commander.ts';
import { addScenarioOptions, type ScenarioOptions } from '../scenario-options.ts';

export const TRACE_FORMATS = ['ftrace', 'perfetto', 'json'] as const;
export const TRACE_CLOCKS = ['us', 'tsc'] as const;

export interface TraceCommandOptions extends ScenarioOptions {
  readonly loops?: string;
  readonly seed?: string;
  readonly format: (typeof TRACE_FORMATS)[number];
  readonly clock: (typeof TRACE_CLOCKS)[number];
  readonly events?: string;
  readonly aroundWorst?: string;
  readonly output: string;
  readonly quiet: boolean;
}

const EXAMPLES = `
Examples:
  $ kvmtimer trace jiang-2016-v4-hv-timer-on --loops 5
  $ kvmtimer trace my-host.json --loops 100 --format perfetto --output trace.json
  $ kvmtimer trace my-host.json --around-worst 3 --clock tsc
  $ kvmtimer trace my-host.json --events 'kvm_exit,kvm_entry,hrtimer_*'

ftrace is what \`cat /sys/kernel/tracing/trace\` shows on the host, as its kernel release prints it;
https://ui.perfetto.dev opens the files of perfetto.`;

export const build: CommandBuilder = (command, context) => {
  command.argument('<scenario>', 'scenario to watch: a file, `-`, or the name of one that ships');
  addScenarioOptions(addTraceOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (scenario: string, options: TraceCommandOptions) => {
      const { traceCommand } = await import('../tracing/trace-command.ts');
      context.finish(await traceCommand(scenario, options, context));
    });
};

function addTraceOptions(command: Command): Command {
  return command
    .option('-l, --loops <n>', 'samples per thread (default: 20, or all of them with --around-worst)')
    .option('--seed <text>', 'seed of all randomness: same seed, same bytes')
    .addOption(new Option('--format <format>', 'form of the trace').choices(TRACE_FORMATS).default('ftrace'))
    .addOption(
      new Option('--clock <clock>', 'stamps of ftrace: seconds with six digits, or raw TSC (x86-tsc)')
        .choices(TRACE_CLOCKS)
        .default('us'),
    )
    .option('--events <list>', 'tracepoints to keep, with commas; * stands for any letters (default: all)')
    .option('--around-worst <n>', 'run the whole scenario, and trace only around its n worst samples')
    .option('-o, --output <file>', 'write the trace to a file', '-')
    .option('-q, --quiet', 'no progress and no warnings on standard error', false);
}
