import { Argument } from 'commander';
import type { CommandBuilder } from '../command.ts';

export const build: CommandBuilder = (command, context) => {
  command
    .addArgument(new Argument('<shell>').choices(['zsh', 'bash', 'fish', 'powershell']))
    .addHelpText('after', '\nExamples:\n  $ source <(kvmtimer completion bash)')
    .action(async (shell: string) => {
      context.stdout.write(shell);
    });
};
