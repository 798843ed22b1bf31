import { mergeParts } from '../../sweep/merge.ts';
import type { ExitCode } from '../../user-error.ts';
import type { CliContext } from '../command.ts';
import { reportFailures } from './failures.ts';
import type { ViewOptions } from './options.ts';
import { present, viewOf } from './view.ts';

/** `kvmtimer merge`: shows the parts as `kvmtimer sweep` would have shown the whole. */
export async function mergeCommand(
  parts: readonly string[],
  options: ViewOptions,
  context: CliContext,
): Promise<ExitCode> {
  const table = mergeParts(parts);
  await present(table, viewOf(options, table.plan, context, parts), context);
  return reportFailures(table.results, context);
}
