import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { readResultFile } from '../../formats/read-file.ts';
import { assertWritable, writeWholeFile } from '../../io/whole-file.ts';
import type { ResultDocument } from '../../measurement/result-document.ts';
import { ExitCode, type Problem, UserError, visible } from '../../user-error.ts';
import type { CliContext } from '../command.ts';
import type { ImportOptions } from '../commands/import.ts';
import { presentDocuments } from './present-documents.ts';

/** Files that take longer than a moment are announced. */
const LARGE_FILE_BYTES = 16 * 1024 * 1024;

/**
 * `kvmtimer import`: reads every file or tells what is wrong with each, then writes all runs as one result.
 */
export function importCommand(
  files: readonly string[],
  options: ImportOptions,
  context: CliContext,
): ExitCode {
  const { output, format, quiet } = options;
  refuseOverwriting(files, output);
  if (output !== '-') assertWritable(output);
  const documents = readAll(files, options, context);
  if (!quiet) for (const document of documents) warn(document, context);
  const text = presentDocuments(documents, format, context);
  if (output === '-') context.stdout.write(text);
  else writeWholeFile(output, text);
  return ExitCode.success;
}

function readAll(files: readonly string[], options: ImportOptions, context: CliContext): ResultDocument[] {
  const documents: ResultDocument[] = [];
  const problems: Problem[] = [];
  for (const file of files) {
    if (context.showsProgress && !options.quiet) announce(file, context);
    try {
      documents.push(...readResultFile(file, options));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new UserError('import-failed', problems);
  return documents;
}

function announce(file: string, context: CliContext): void {
  const bytes = file === '-' ? 0 : (statSync(file, { throwIfNoEntry: false })?.size ?? 0);
  if (bytes > LARGE_FILE_BYTES)
    context.stderr.write(`reading ${visible(file)} (${Math.round(bytes / 1e6)} MB)\n`);
}

function warn({ name, warnings, origin }: ResultDocument, context: CliContext): void {
  if (origin !== 'measured') return;
  for (const warning of warnings) context.stderr.write(`warning: ${visible(`${name}: ${warning}`)}\n`);
}

function refuseOverwriting(files: readonly string[], output: string): void {
  if (output === '-' || !files.some((file) => file !== '-' && resolve(file) === resolve(output))) return;
  throw new UserError('output-conflict', {
    path: '--output',
    message: 'would overwrite the input',
    hint: 'name another file',
  });
}
