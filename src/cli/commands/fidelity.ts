import { ExitCode, UserError } from '../../user-error.ts';
import type { CliContext, CommandBuilder } from '../command.ts';
import { Option } from '../commander.ts';
import { showProgress } from '../progress.ts';

const EXAMPLES = `
Exits with 2 when a row leaves the tolerance that its experiment states.

Examples:
  $ kvmtimer fidelity
  $ kvmtimer fidelity --seeds 1 kvm-unit-tests-2017-haswell li-2020-fastpath
  $ kvmtimer fidelity --kind predicted --format markdown
  $ kvmtimer fidelity --seeds 1 --without shared_miss_cycles,host.nohz_full_irq_exit jiang-2016-v4
  $ kvmtimer fidelity ./my-host.experiment.json`;

interface FidelityOptions {
  readonly seeds: number;
  readonly kind?: 'calibrated' | 'predicted';
  readonly without?: string;
  readonly format: 'table' | 'json' | 'markdown';
}

export const build: CommandBuilder = (command, context) => {
  command
    .argument('[experiment...]', 'ids of shipped experiments, or files; all shipped ones by default')
    .option('--seeds <n>', 'runs of each row, whose median counts', wholeNumber, 10)
    .addOption(new Option('--kind <kind>', 'only rows of that kind').choices(['calibrated', 'predicted']))
    .option('--without <names>', 'costs and stages that shall cost nothing, separated by commas')
    .addOption(
      new Option('--format <format>', 'form of the scoreboard')
        .choices(['table', 'json', 'markdown'])
        .default('table'),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (names: string[], options: FidelityOptions) => {
      context.finish(await runFidelity(names, options, context));
    });
};

async function runFidelity(
  names: readonly string[],
  { seeds, kind, without, format }: FidelityOptions,
  context: CliContext,
): Promise<ExitCode> {
  const { chooseExperiments } = await import('../../calibration/fidelity/load.ts');
  const { scoreboard } = await import('../../calibration/fidelity/scoreboard.ts');
  const { scoreboardJson } = await import('../../calibration/fidelity/document.ts');
  const { scoreboardMarkdown, scoreboardTable } = await import('../../calibration/fidelity/report.ts');
  const experiments = chooseExperiments(names);
  let share = 0;
  const clear = showProgress(
    context,
    () => 'fidelity',
    () => share,
  );
  const scores = await scoreboard(experiments, {
    seeds,
    without: without?.split(','),
    includes: (_, row) => kind === undefined || row.kind === kind,
    onProgress: (done, total) => {
      share = done / total;
    },
  }).finally(clear);
  if (format === 'json') context.stdout.write(scoreboardJson(scores, seeds));
  else if (format === 'markdown') context.stdout.write(scoreboardMarkdown(scores));
  else context.stdout.write(scoreboardTable(scores, context.color));
  return scores.every(({ withinTolerance }) => withinTolerance) ? ExitCode.success : ExitCode.gateFailed;
}

function wholeNumber(value: string): number {
  const number = Number(value);
  if (Number.isInteger(number) && number > 0 && number <= 1000) return number;
  throw new UserError('option-invalid', {
    path: '--seeds',
    message: `${JSON.stringify(value)} is not a whole number from 1 to 1000`,
  });
}
