import type { CommandBuilder } from '../command.ts';
import { Option } from '../commander.ts';

export interface RecordOptions {
  readonly output?: string;
  readonly label?: string;
  readonly format: 'cyclictest' | 'json' | 'table';
  readonly quiet: boolean;
}

const HELP = `
cyclictest runs with -q -m -S -p 80 -i 1000 -h 1000 -D 60; options after -- replace these or add to them.
The result document also holds what of this machine matters to timers: CPU, kernel and its command line,
isolated CPUs, clock source, KVM module parameters, hypervisor, frequency governors, idle states.

Examples:
  $ sudo kvmtimer record --output host.json
  $ sudo kvmtimer record --label guest --output guest.json -- -D 10m -i 200 -h 400
  $ sudo kvmtimer record --format table -- -t 1 -a 3 -l 100000

Ctrl-C ends the measurement and keeps what was measured; the exit code is then 130.`;

export const build: CommandBuilder = (command, context) => {
  command
    .argument('[cyclictest-options...]', 'after `--`: options of cyclictest')
    .option('--label <name>', 'name of the result')
    .addOption(
      new Option('-f, --format <format>', 'what is printed')
        .choices(['cyclictest', 'table', 'json'])
        .default('cyclictest'),
    )
    .option('-o, --output <file>', 'write the complete result document (JSON)')
    .option('-q, --quiet', 'no progress and no warnings on standard error', false)
    .addHelpText('after', HELP)
    .action(async (cyclictestOptions: string[], options: RecordOptions) => {
      const { recordCommand } = await import('../importing/record-command.ts');
      context.finish(await recordCommand(cyclictestOptions, options, context));
    });
};
