import { existsSync } from 'node:fs';
import { readInput } from '../../formats/reading/input.ts';
import type { ResultDocument } from '../../measurement/result-document.ts';
import { parseResults } from '../../measurement/serialize.ts';
import { runScenario } from '../../run/run-scenario.ts';
import { type LoadedScenario, type LoadOptions, loadScenario } from '../../scenario/load.ts';
import { formatProblem, UserError } from '../../user-error.ts';
import type { CliContext } from '../command.ts';

/** What is to be explained; `input` can be run again, which a result cannot. */
export interface Subject {
  readonly document: ResultDocument;
  readonly input: LoadedScenario | null;
}

/** The results that a file holds, or that of a scenario, which is run. */
export async function readSubjects(
  subject: string,
  options: LoadOptions,
  { stderr }: CliContext,
): Promise<Subject[]> {
  const documents = resultsIn(subject);
  if (documents !== null) {
    if (options.set?.length) throw cannotChange(subject);
    return documents.map((document) => ({ document, input: null }));
  }
  const input = await loadScenario(subject, options);
  for (const warning of input.warnings) stderr.write(`warning: ${formatProblem(warning)}\n`);
  return [{ document: runScenario(input), input }];
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
