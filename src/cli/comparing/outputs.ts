import { appendFileSync } from 'node:fs';
import { Chalk } from 'chalk';
import type { Palette } from '../../compare/report/palette.ts';
import { assertWritable, writeWholeFile } from '../../io/whole-file.ts';
import { UserError } from '../../user-error.ts';
import type { CliContext } from '../command.ts';

/** Colours of the terminal, or none. */
export function paletteOf(color: boolean): Palette {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  return { heading: chalk.bold, better: chalk.green, worse: chalk.red, faint: chalk.dim };
}

/** Throws before the work is done where a result could not be written after it. */
export function assertAllWritable(paths: readonly (string | undefined)[]): void {
  for (const path of paths) if (path !== undefined && path !== '-') assertWritable(path);
}

/** Writes to the file, or to standard output for "-". */
export function write(context: CliContext, path: string, text: string): void {
  if (path === '-') context.stdout.write(text);
  else writeWholeFile(path, text);
}

/** Appends to the summary of the GitHub job; without one it is printed nowhere. */
export function appendJobSummary(env: CliContext['env'], markdown: string): void {
  const file = env.GITHUB_STEP_SUMMARY;
  if (!file) return;
  try {
    appendFileSync(file, `${markdown}\n`);
  } catch (error) {
    throw new UserError('output-unwritable', {
      file,
      message: `cannot be appended to: ${(error as Error).message}`,
    });
  }
}
