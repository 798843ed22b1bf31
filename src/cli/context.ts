import { ExitCode } from '../user-error.ts';
import type { CliContext } from './command.ts';

/** The real process as a context; `exitCode()` tells what `finish` was called with. */
export function processContext(): { context: CliContext; exitCode: () => ExitCode } {
  let code: ExitCode = ExitCode.success;
  const { stdin, stdout, stderr, env } = process;
  const context: CliContext = {
    stdin,
    stdout,
    stderr,
    env,
    color: wantsColor(env, stdout.isTTY === true),
    columns: stdout.isTTY ? stdout.columns : undefined,
    showsProgress: stderr.isTTY === true,
    finish: (value) => {
      code = value;
    },
  };
  return { context, exitCode: () => code };
}

/** https://no-color.org and FORCE_COLOR: an empty value counts as unset. */
function wantsColor(env: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0';
  return isTerminal && env.TERM !== 'dumb';
}
