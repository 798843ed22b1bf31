import type { CliContext, CommandBuilder } from '../command.ts';
import { Argument } from '../commander.ts';

const EXAMPLES = `
Examples:
  $ source <(kvmtimer completion bash)
  $ kvmtimer completion zsh > ~/.zfunc/_kvmtimer
  $ kvmtimer completion fish > ~/.config/fish/completions/kvmtimer.fish`;

/** `kvmtimer completion SHELL`, the script that a user installs. */
export const build: CommandBuilder = (command, context) => {
  command
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish', 'powershell']))
    .addHelpText('after', EXAMPLES)
    .action((shell: string) => complete(context, ['completion', shell]));
};

/** `kvmtimer complete -- WORDS`, which that script calls at each press of Tab. */
export const buildComplete: CommandBuilder = (command, context) => {
  command.argument('[words...]').action((words: string[]) => complete(context, ['complete', '--', ...words]));
};

/** The adapter brings both commands with it, on a program that knows the options of all others. */
async function complete(context: CliContext, argv: string[]): Promise<void> {
  const [{ default: tab }, { createProgram }, { COMMANDS }] = await Promise.all([
    import('@bomb.sh/tab/commander'),
    import('../program.ts'),
    import('../commands.ts'),
  ]);
  const others = COMMANDS.filter(({ name }) => name !== 'completion' && name !== 'complete');
  const program = await createProgram(context, () => true, others);
  tab(program, { completionCommandName: 'completion' });
  await program.parseAsync(argv, { from: 'user' });
}
