import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { readInput } from '../../formats/reading/input.ts';
import type { ResultDocument } from '../../measurement/result-document.ts';
import { parseResults } from '../../measurement/serialize.ts';
import { runOnThreads } from '../../run/run-on-threads.ts';
import type { RunHooks } from '../../run/run-scenario.ts';
import { type LoadedScenario, type LoadOptions, loadScenario } from '../../scenario/load.ts';
import { formatProblem, UserError } from '../../user-error.ts';
import type { CliContext } from '../command.ts';
import { showProgress } from '../progress.ts';

/** What is to be explained; `input` can be run again, which a result cannot. */
export interface Subject {
  readonly document: ResultDocument;
  readonly input: LoadedScenario | null;
}

/** The results that a file holds, or that of a scenario, which is run. */
export async function readSubjects(
  subject: string,
  options: LoadOptions,
  context: CliContext,
): Promise<Subject[]> {
  const documents = resultsIn(subject);
  if (documents !== null) {
    if (options.set?.length) throw cannotChange(subject);
    return documents.map((document) => ({ document, input: null }));
  }
  const input = await loadScenario(subject, options);
  for (const warning of input.warnings) context.stderr.write(`warning: ${formatProblem(warning)}\n`);
  const document = await underProgress(context, input.scenario.name, (hooks) =>
    runOnThreads(input, availableParallelism(), hooks),
  );
  return [{ document, input }];
}

/** Shows the progress of a run under a name. */
export async function underProgress<Outcome>(
  context: CliContext,
  name: string,
  run: (hooks: RunHooks) => Promise<Outcome>,
): Promise<Outcome> {
  let share = 0;
  const end = showProgress(
    context,
    () => name,
    () => share,
  );
  try {
    return await run({
      onProgress: (done, total) => {
        share = done / total;
      },
    });
  } finally {
    end();
  }
}

function cannotChange(file: string): UserError {
  return new UserError('option-conflict', {
    file,
    message: 'is a result: --set and --loops come too late for it',
    hint: 'explain the scenario that it came from',
  });
}

/** The result documents of a file; null when it holds a scenario (or is the name of a shipped one). */
function resultsIn(subject: string): ResultDocument[] | null {
  if (subject === '-' || !existsSync(subject)) return null;
  const text = readInput(subject);
  return /"document"\s*:\s*"kvmtimer-result"/.test(text.slice(0, 4096)) ? parseResults(text, subject) : null;
}
