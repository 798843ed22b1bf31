import type { CommandBuilder } from '../command.ts';
import { type Command, Option } from '../commander.ts';

export interface BaselineOptions {
  readonly folder: string;
  readonly format: 'text' | 'json';
}

const HELP = `
A baseline keeps the digest and the key figures of a shipped scenario. \`check\` runs the scenarios again and fails
when any number is another one; \`update\` accepts the numbers of today. Names of scenarios limit either to them.

Examples:
  $ kvmtimer baseline check
  $ kvmtimer baseline check jiang-2016-v4-hv-timer-on
  $ kvmtimer baseline update

Exit codes: 0 all as accepted, 1 error, 2 a number moved or a baseline is missing or stale, 3 nothing checked`;

export const build: CommandBuilder = (command, context) => {
  command.addHelpText('after', HELP);
  const action = (mode: 'check' | 'update') => async (names: string[], options: BaselineOptions) => {
    const { baselineCommand } = await import('../baseline/baseline-command.ts');
    context.finish(await baselineCommand(mode, names, options, context));
  };
  addCommon(
    command.command('check').description('run shipped scenarios and compare with their baselines'),
  ).action(action('check'));
  addCommon(command.command('update').description('run shipped scenarios and accept their numbers')).action(
    action('update'),
  );
};

function addCommon(command: Command): Command {
  return command
    .argument('[scenario...]', 'names of shipped scenarios; all without it')
    .option('--folder <folder>', 'where the baselines lie', 'results/baselines')
    .addOption(
      new Option('-f, --format <format>', 'format of the output').choices(['text', 'json']).default('text'),
    );
}
