import type { FileReport } from '../../scenario/validate.ts';
import { ExitCode, formatProblem } from '../../user-error.ts';
import type { CliContext, CommandBuilder } from '../command.ts';
import { Option } from '../commander.ts';
import { addScenarioOptions, loadOptions, type ScenarioOptions } from '../scenario-options.ts';

const EXAMPLES = `
Examples:
  $ kvmtimer validate my-host.json
  $ kvmtimer validate --strict --format json scenarios/*.json
  $ kvmtimer validate --set guest.idle=hlt - < my-host.json

Exit codes: 0 all files are good, 1 at least one is not`;

export const build: CommandBuilder = (command, context) => {
  command.argument(
    '<file...>',
    'scenario or profile files, names of shipped scenarios, `-` for standard input',
  );
  addScenarioOptions(command)
    .addOption(
      new Option('--format <format>', 'form of the report').choices(['text', 'json']).default('text'),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], options: ScenarioOptions & { format: 'text' | 'json' }) => {
      const { validateFile } = await import('../../scenario/validate.ts');
      const reports: FileReport[] = [];
      for (const file of files) reports.push(await validateFile(file, loadOptions(options, context)));
      if (options.format === 'json') context.stdout.write(`${JSON.stringify({ files: reports }, null, 2)}\n`);
      else for (const report of reports) print(report, context);
      context.finish(reports.every(({ valid }) => valid) ? ExitCode.success : ExitCode.error);
    });
};

function print({ file, valid, problems, warnings }: FileReport, { stdout, stderr }: CliContext): void {
  for (const problem of problems) stderr.write(`error: ${formatProblem(problem)}\n`);
  for (const warning of warnings) stderr.write(`warning: ${formatProblem(warning)}\n`);
  if (valid) stdout.write(`${formatProblem({ message: file })}: ok\n`);
}
