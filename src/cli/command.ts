import type { Readable, Writable } from 'node:stream';
import type { Command } from 'commander';
import type { ExitCode } from '../user-error.ts';

/** What a command sees of the world outside: tests give it other streams. */
export interface CliContext {
  readonly stdin: Readable;
  /** Results, and nothing else. */
  readonly stdout: Writable;
  /** Everything that is not a result: warnings, progress, errors. */
  readonly stderr: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether results may be coloured: stdout is a terminal and NO_COLOR is unset, or FORCE_COLOR is set. */
  readonly color: boolean;
  /** Width of the terminal that shows stdout; undefined when it is not one. */
  readonly columns: number | undefined;
  /** Whether stderr is a terminal: only then is progress shown. */
  readonly showsProgress: boolean;
  /** Sets the exit code of the process; without a call it is 0. */
  finish(code: ExitCode): void;
}

/** Adds arguments, options, examples and an action to the command that bears its name. Wiring only. */
export type CommandBuilder = (command: Command, context: CliContext) => void;

/** A command as the overview knows it, before its module is loaded. */
export interface CommandRow {
  readonly name: string;
  readonly summary: string;
  readonly group: CommandGroup;
  readonly hidden?: boolean;
  readonly load: () => Promise<{ readonly build: CommandBuilder }>;
}

export type CommandGroup = (typeof COMMAND_GROUPS)[number];

/** Headings of the overview, in its order. */
export const COMMAND_GROUPS = [
  'Simulate:',
  'Scenarios:',
  'Measure and compare:',
  'Many runs:',
  'This program:',
] as const;
