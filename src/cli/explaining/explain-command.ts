import { availableParallelism } from 'node:os';
import { differences } from '../../compare/differences.ts';
import { comparisonText } from '../../report/explain/comparison-text.ts';
import {
  against,
  type Comparison,
  type Explanation,
  explain,
  tailLimitNs,
} from '../../report/explain/explanation.ts';
import { explanationText } from '../../report/explain/text.ts';
import { runTailOnThreads } from '../../run/run-on-threads.ts';
import type { Setting } from '../../scenario/settings.ts';
import { UserError } from '../../user-error.ts';
import type { CliContext } from '../command.ts';
import type { ExplainOptions } from '../commands/explain.ts';
import { loadOptions, numberOr } from '../scenario-options.ts';
import { readSubjects, type Subject, underProgress } from './subject.ts';

export async function explainCommand(
  name: string,
  options: ExplainOptions,
  context: CliContext,
): Promise<void> {
  const loops = loopsSetting(options);
  const load = loadOptions(options, context);
  const subjects = await readSubjects(name, { ...load, set: [...options.set, ...loops] }, context);
  if (options.against === undefined) {
    const explanations: Explanation[] = [];
    for (const subject of subjects) explanations.push(...(await explainSubject(subject, context)));
    print(explanations, explanationText, options, context);
  } else {
    const others = await readSubjects(options.against, { ...load, set: loops }, context);
    print(compare(one(others, options.against), one(subjects, name)), comparisonText, options, context);
  }
}

/** The number of loops is not what is compared: it holds for both sides. */
function loopsSetting({ loops }: ExplainOptions): Setting[] {
  if (loops === undefined) return [];
  return [{ option: '--loops', path: ['workload', 'loops'], value: numberOr(loops) }];
}

/** One explanation for each thread; a scenario runs again for the ledger of its slow samples. */
async function explainSubject({ document, input }: Subject, context: CliContext): Promise<Explanation[]> {
  const { measurements } = document;
  const limits = measurements.map(tailLimitNs);
  const tails =
    input === null
      ? []
      : await underProgress(context, `${document.name}, slow samples`, (hooks) =>
          runTailOnThreads(input, document, limits, availableParallelism(), hooks),
        );
  return measurements.map((thread, index) => explain(document, thread, tails[index] ?? null));
}

/** One comparison for each thread. */
function compare(from: ResultOf, to: ResultOf): Comparison[] {
  if (from.measurements.length !== to.measurements.length) {
    throw new UserError('threads-differ', {
      path: '--against',
      message: `${from.name} has ${from.measurements.length} threads, ${to.name} has ${to.measurements.length}`,
      hint: 'a thread is compared with the same thread of the other',
    });
  }
  const settings = differences(from, to);
  return to.measurements.map((thread, index) =>
    against(explain(from, from.measurements[index], null), explain(to, thread, null), settings),
  );
}

type ResultOf = Subject['document'];

function one(subjects: readonly Subject[], name: string): ResultOf {
  if (subjects.length === 1) return subjects[0].document;
  throw new UserError('too-many-results', {
    file: name,
    message: `holds ${subjects.length} results`,
    hint: 'a comparison needs a file with one',
  });
}

function print<Report>(
  reports: readonly Report[],
  text: (report: Report, color: boolean) => string,
  { format }: ExplainOptions,
  { stdout, color }: CliContext,
): void {
  if (format === 'json') stdout.write(`${JSON.stringify(reports, null, 2)}\n`);
  else stdout.write(reports.map((report) => text(report, color)).join('\n'));
}
