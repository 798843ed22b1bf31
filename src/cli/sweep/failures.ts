import type { SweepResults } from '../../sweep/results.ts';
import { ExitCode, visible } from '../../user-error.ts';
import type { CliContext } from '../command.ts';

const SHOWN_FAILURES = 3;

/** Points without a result are no reason to lose the others, but no success either. */
export function reportFailures(results: SweepResults, { stderr }: CliContext): ExitCode {
  if (results.failures === 0) return ExitCode.success;
  stderr.write(`error: ${results.failures} of ${results.count} points have no result:\n`);
  let shown = 0;
  for (let point = 0; point < results.size && shown < SHOWN_FAILURES; point++) {
    const record = results.get(point);
    if (record === undefined || !('error' in record)) continue;
    shown++;
    stderr.write(`  point ${point}: ${visible(record.error)}\n`);
  }
  stderr.write('`exclude` in the sweep file leaves combinations out that are no valid scenario\n');
  return ExitCode.error;
}
