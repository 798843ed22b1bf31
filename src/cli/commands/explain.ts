import { Option } from 'commander';
import type { Explanation } from '../../report/explain/explanation.ts';
import { ExitCode } from '../../user-error.ts';
import type { CliContext, CommandBuilder } from '../command.ts';
import { addScenarioOptions, loadOptions, type ScenarioOptions } from '../scenario-options.ts';

const EXAMPLES = `
Examples:
  $ kvmtimer explain jiang-2016-v4-hv-timer-off
  $ kvmtimer explain jiang-2016-v4-hv-timer-off --against jiang-2016-v4-hv-timer-on
  $ kvmtimer explain my-host.json --set guest.idle=hlt --against my-host.json
  $ kvmtimer explain result.json --format json`;

interface ExplainOptions extends ScenarioOptions {
  readonly against?: string;
  readonly format: 'text' | 'json';
}

export const build: CommandBuilder = (command, context) => {
  command
    .argument('<scenario|result>', 'what to explain; --set applies to it')
    .option('--against <scenario|result>', 'explain the difference to this one')
    .addOption(
      new Option('--format <format>', 'form of the report').choices(['text', 'json']).default('text'),
    );
  addScenarioOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (subject: string, options: ExplainOptions) => {
      const { explainSubject } = await import('../explaining/subject.ts');
      const explanations = await explainSubject(subject, loadOptions(options, context));
      if (options.against === undefined) await printAll(explanations, options, context);
      else {
        const others = await explainSubject(options.against, { ...loadOptions(options, context), set: [] });
        await printDifference(others[0], explanations[0], options, context);
      }
      context.finish(ExitCode.success);
    });
};

async function printAll(
  explanations: readonly Explanation[],
  { format }: ExplainOptions,
  { stdout, color }: CliContext,
): Promise<void> {
  const { explanationText } = await import('../../report/explain/text.ts');
  if (format === 'json') stdout.write(`${JSON.stringify(explanations, null, 2)}\n`);
  else stdout.write(explanations.map((explanation) => explanationText(explanation, color)).join('\n'));
}

async function printDifference(
  from: Explanation,
  to: Explanation,
  { format }: ExplainOptions,
  { stdout, color }: CliContext,
): Promise<void> {
  const { against } = await import('../../report/explain/explanation.ts');
  const { comparisonText } = await import('../../report/explain/text.ts');
  const comparison = against(from, to);
  stdout.write(
    format === 'json' ? `${JSON.stringify(comparison, null, 2)}\n` : comparisonText(comparison, color),
  );
}
