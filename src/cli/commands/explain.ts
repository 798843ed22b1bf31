import { ExitCode } from '../../user-error.ts';
import type { CommandBuilder } from '../command.ts';
import { Option } from '../commander.ts';
import { addScenarioOptions, type ScenarioOptions } from '../scenario-options.ts';

const EXAMPLES = `
Examples:
  $ kvmtimer explain jiang-2016-v4-hv-timer-off
  $ kvmtimer explain jiang-2016-v4-hv-timer-on --against jiang-2016-v4-hv-timer-off
  $ kvmtimer explain my-host.json --set guest.idle=hlt --against my-host.json
  $ kvmtimer explain result.json --format json

A latency is the time from the deadline that the guest programmed to the thread that reads the clock.
Its stages add up to it, and the stages of a difference to the difference of the averages.`;

export interface ExplainOptions extends ScenarioOptions {
  readonly against?: string;
  readonly loops?: string;
  readonly format: 'text' | 'json';
}

export const build: CommandBuilder = (command, context) => {
  command
    .argument('<scenario|result>', 'what to explain; --set applies to it')
    .option('--against <scenario|result>', 'explain the difference to this one')
    .option('-l, --loops <n>', 'samples per thread, of both sides')
    .addOption(
      new Option('--format <format>', 'form of the report').choices(['text', 'json']).default('text'),
    );
  addScenarioOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (subject: string, options: ExplainOptions) => {
      const { explainCommand } = await import('../explaining/explain-command.ts');
      await explainCommand(subject, options, context);
      context.finish(ExitCode.success);
    });
};
