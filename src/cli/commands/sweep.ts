import type { CommandBuilder } from '../command.ts';
import { addRunOptions, addViewOptions, type SweepOptions } from '../sweep/options.ts';

const EXAMPLES = `
Examples:
  $ kvmtimer sweep sweep.json --dry-run
  $ kvmtimer sweep sweep.json --output points.csv --plot heat-map.svg
  $ kvmtimer sweep lapic-timer-advance --goal "min p99.9"
  $ kvmtimer sweep sweep.json --journal sweep.journal.ndjson --resume
  $ kvmtimer sweep sweep.json --queue redis://queue.example:6379
  $ kvmtimer sweep sweep.json --shard 3/8

A sweep is a file, \`-\` for standard input, or the name of one that ships in scenarios/sweeps.
Ctrl-C ends the points under way and says how to go on.`;

export const build: CommandBuilder = (command, context) => {
  command.argument('<sweep>', 'what to vary in which scenario');
  addViewOptions(command);
  addRunOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, options: SweepOptions) => {
      const { sweepCommand } = await import('../sweep/run-command.ts');
      context.finish(await sweepCommand(file, options, context));
    });
};
