import type { FitRequest } from '../../calibration/problem.ts';
import { ExitCode } from '../../user-error.ts';
import type { CliContext, CommandBuilder } from '../command.ts';
import { InvalidArgumentError, Option } from '../commander.ts';
import { showProgress } from '../progress.ts';
import { addScenarioOptions, loadOptions, type ScenarioOptions } from '../scenario-options.ts';

const EXAMPLES = `
Examples:
  $ kvmtimer fit measured.txt --scenario my-host.json --output my-cpu.json
  $ kvmtimer fit on.json off.json --scenario on-scenario.json --scenario off-scenario.json
  $ kvmtimer run my-host.json --set host.cpu=./my-cpu.json`;

interface FitOptions extends ScenarioOptions, FitRequest {
  readonly output?: string;
  readonly format: 'table' | 'json';
}

export const build: CommandBuilder = (command, context) => {
  command
    .argument('<result...>', 'cyclictest outputs or result documents: what the machine really did')
    .requiredOption('--scenario <file>', 'scenario of each result, in their order (repeatable)', collect)
    .option(
      '--free <names>',
      'costs and stages that may move, separated by commas',
      'evictions_per_second,lines_per_kilo_instruction,miss_cycles,shared_miss_cycles,' +
        'pressure_burst_share,pressure_burst,host.nohz_full_irq_exit',
    )
    .option('--loops <n>', 'loops of each trial run', wholeNumber, 50_000)
    .option('--evaluations <n>', 'trials at most', wholeNumber, 200)
    .addOption(new Option('--unit <unit>', 'unit of results that do not state theirs').choices(['us', 'ns']))
    .option('--name <name>', 'name of the new profile')
    .option('-o, --output <file>', 'write the profile there')
    .addOption(
      new Option('--format <format>', 'form of the report').choices(['table', 'json']).default('table'),
    );
  addScenarioOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (results: string[], options: FitOptions) => {
      await runFit(results, options, context);
      context.finish(ExitCode.success);
    });
};

async function runFit(results: string[], options: FitOptions, context: CliContext): Promise<void> {
  const { assertWritable, writeWholeFile } = await import('../../io/whole-file.ts');
  if (options.output !== undefined && options.output !== '-') assertWritable(options.output);
  const { fitProblem } = await import('../../calibration/problem.ts');
  const { fitProfile } = await import('../../calibration/fit.ts');
  const { withTrialThreads } = await import('../../calibration/trial-threads.ts');
  const { fitTable, fitJson } = await import('../../calibration/fit-report.ts');
  let share = 0;
  const clear = showProgress(
    context,
    () => 'fit',
    () => share,
  );
  const problem = await fitProblem(results, options, loadOptions(options, context), (done) => {
    share = Math.min(1, done / options.evaluations);
  });
  const result = await withTrialThreads((runTrial) =>
    fitProfile({ ...problem.fit, runTrial }, problem.origin),
  );
  clear();
  const profile = { ...result.profile, ...problem.identity };
  const text = options.format === 'json' ? fitJson(problem.fit, result) : fitTable(problem.fit, result);
  const profileText = `${JSON.stringify(profile, null, 2)}\n`;
  if (options.output === '-') context.stdout.write(profileText);
  else {
    if (options.output !== undefined) writeWholeFile(options.output, profileText);
    context.stdout.write(text);
  }
}

function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

function wholeNumber(value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number > 0) return number;
  throw new InvalidArgumentError('It is a whole number above 0.');
}
