import { createRequire } from 'node:module';
import type * as Commander from 'commander';

export type Command = Commander.Command;
export type Help = Commander.Help;
export type Option = Commander.Option;

/** Commander is CommonJS, which Node requires in half the time that it takes to import it. */
export const { Argument, Command, Help, InvalidArgumentError, Option }: typeof Commander = createRequire(
  import.meta.url,
)('commander');
