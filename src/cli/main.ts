import type { Writable } from 'node:stream';
import type { CommanderError } from 'commander';
import { ExitCode, formatProblem, UserError, visible } from '../user-error.ts';
import { VERSION } from '../version.ts';
import type { CliContext } from './command.ts';
import { processContext } from './context.ts';

/** The command line: returns the exit code, having printed whatever there is to say. Never throws. */
export async function main(argv: readonly string[]): Promise<number> {
  const { context, exitCode } = processContext();
  const stdoutError = watchStdout(context.stdout);
  process.once('uncaughtException', (error) => process.exit(report(error, context)));
  let code: number;
  try {
    code = (await execute(argv, context)) ?? exitCode();
  } catch (error) {
    code = report(error, context);
  }
  await new Promise((resolve) => context.stdout.write('', resolve));
  const failure = stdoutError();
  return failure === undefined ? code : report(failure, context);
}

async function execute(argv: readonly string[], context: CliContext): Promise<number | undefined> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    context.stdout.write(`${VERSION}\n`);
    return ExitCode.success;
  }
  const { createProgram } = await import('./program.ts');
  const name = argv[0] === 'help' ? argv[1] : argv[0];
  const program = await createProgram(context, (row) => row.name === name);
  if (argv.length === 0) {
    program.outputHelp();
    return ExitCode.success;
  }
  await program.parseAsync([...argv], { from: 'user' });
  return undefined;
}

/** Prints what went wrong and returns the exit code for it. */
function report(error: unknown, context: CliContext): number {
  if (isCommanderError(error)) return error.exitCode;
  if (error instanceof UserError) {
    for (const problem of error.problems) context.stderr.write(`error: ${formatProblem(problem)}\n`);
    return error.exitCode;
  }
  const message = error instanceof Error ? error.message : String(error);
  context.stderr.write(`error: unexpected failure: ${visible(message)}\n`);
  context.stderr.write(
    'This is a bug in kvmtimer: please report it with the command line and the scenario.\n',
  );
  if (context.env.KVMTIMER_DEBUG === '1' && error instanceof Error) context.stderr.write(`${error.stack}\n`);
  else context.stderr.write('KVMTIMER_DEBUG=1 shows where it happened.\n');
  return ExitCode.error;
}

/** Commander has printed its message already. */
function isCommanderError(error: unknown): error is CommanderError {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('commander.');
}

/** A reader that closed the pipe (`| head`) is no error: the rest is dropped and files are still written. */
function watchStdout(stdout: Writable): () => UserError | undefined {
  let failure: UserError | undefined;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    failure ??= new UserError('output-unwritable', {
      file: '-',
      message: `standard output cannot be written: ${error.message}`,
    });
  });
  return () => failure;
}
