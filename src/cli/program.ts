import { VERSION } from '../version.ts';
import { type CliContext, COMMAND_GROUPS, type CommandRow } from './command.ts';
import { Command, Help, type Option } from './commander.ts';
import { COMMANDS } from './commands.ts';

const EXAMPLES = `
Examples:
  $ kvmtimer run scenarios/jiang-2016-v4-hv-timer-on.json
  $ kvmtimer help run

Exit codes: 0 success, 1 error, 2 gate failed, 3 not comparable, 130 interrupted`;

/** The whole command line, of which only the commands that `wanted` accepts have their modules loaded. */
export async function createProgram(
  context: CliContext,
  wanted: (row: CommandRow) => boolean,
  rows: readonly CommandRow[] = COMMANDS,
): Promise<Command> {
  const program = new Command('kvmtimer')
    .description('A laboratory for timer latency in KVM guests.')
    .usage('<command> [options]')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(`kvmtimer --help` lists the commands and options)')
    .enablePositionalOptions()
    .exitOverride()
    .configureHelp({ optionDescription: describeOption })
    .configureOutput({
      writeOut: (text) => context.stdout.write(text),
      writeErr: (text) => context.stderr.write(text),
      getOutHelpWidth: () => context.columns ?? 100,
      getOutHasColors: () => context.color,
    });
  for (const group of COMMAND_GROUPS) {
    program.commandsGroup(group);
    for (const row of rows.filter((candidate) => candidate.group === group)) {
      const command = program.command(row.name, { hidden: row.hidden }).summary(row.summary);
      command
        .description(sentence(row.summary))
        .showHelpAfterError(`(\`kvmtimer help ${row.name}\` shows the options)`);
      if (wanted(row)) (await row.load()).build(command, context);
    }
  }
  program.helpCommand('help [command]', 'show the help of a command');
  return program;
}

function sentence(summary: string): string {
  return `${summary[0].toUpperCase()}${summary.slice(1)}.`;
}

/** Defaults that go without saying are not said: flags are off and lists are empty. */
function describeOption(this: Help, option: Option): string {
  const value: unknown = option.defaultValue;
  const isNatural = value === false || (Array.isArray(value) && value.length === 0);
  const described = isNatural ? Object.assign(Object.create(option), { defaultValue: undefined }) : option;
  return Help.prototype.optionDescription.call(this, described);
}
