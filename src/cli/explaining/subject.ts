import { existsSync } from 'node:fs';
import { readInput } from '../../formats/reading/input.ts';
import type { ResultDocument } from '../../measurement/result-document.ts';
import { parseResults } from '../../measurement/serialize.ts';
import { type Explanation, explain, tailLimitNs } from '../../report/explain/explanation.ts';
import { type RunInput, runScenario } from '../../run/run-scenario.ts';
import { runTail } from '../../run/tail.ts';
import { type LoadOptions, loadScenario } from '../../scenario/load.ts';

/** Explains a scenario by running it, or a result document by what it holds: one explanation for each thread. */
export async function explainSubject(subject: string, options: LoadOptions): Promise<Explanation[]> {
  const documents = resultsIn(subject);
  if (documents !== null) {
    return documents.flatMap((document) =>
      document.measurements.map((thread) => explain(document, thread, null)),
    );
  }
  return explainScenario(await loadScenario(subject, options));
}

function explainScenario(input: RunInput): Explanation[] {
  const document = runScenario(input);
  const tails = runTail(input, document, document.measurements.map(tailLimitNs));
  return document.measurements.map((thread, index) => explain(document, thread, tails[index]));
}

/** The result documents of a file; null when it holds a scenario (or is the name of a shipped one). */
function resultsIn(subject: string): ResultDocument[] | null {
  if (subject === '-' || !existsSync(subject)) return null;
  const text = readInput(subject);
  return /"document"\s*:\s*"kvmtimer-result"/.test(text.slice(0, 4096)) ? parseResults(text, subject) : null;
}
