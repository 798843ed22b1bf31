import { ExitCode } from '../user-error.ts';

/**
 * Calls `stop` at the first Ctrl-C (or SIGTERM), so that what is done can still be printed; a second one ends the
 * process at once. Returns the function that restores the usual behaviour.
 */
export function onInterrupt(stop: () => void): () => void {
  let interrupted = false;
  const handle = () => {
    if (interrupted) process.exit(ExitCode.interrupted);
    interrupted = true;
    stop();
  };
  process.on('SIGINT', handle).on('SIGTERM', handle);
  return () => {
    process.off('SIGINT', handle).off('SIGTERM', handle);
  };
}
