import type { CommandBuilder } from '../command.ts';

export const build: CommandBuilder = (command) => {
  command.argument('<scenario...>', 'scenario files, `-` for standard input');
};
