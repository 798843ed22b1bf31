import type { CommandBuilder } from '../command.ts';
import { addViewOptions, type ViewOptions } from '../sweep/options.ts';

const EXAMPLES = `
Examples:
  $ kvmtimer merge demo.shard-1-of-2.ndjson demo.shard-2-of-2.ndjson --output points.csv
  $ kvmtimer merge demo.journal.ndjson --plot demo.svg --metric p99.9

The parts are what \`kvmtimer sweep --shard\` wrote; the journal of a whole sweep is shown again without running it.`;

export const build: CommandBuilder = (command, context) => {
  command.argument('<part...>', 'the journals of all shards of one sweep');
  addViewOptions(command)
    .addHelpText('after', EXAMPLES)
    .action(async (parts: string[], options: ViewOptions) => {
      const { mergeCommand } = await import('../sweep/merge-command.ts');
      context.finish(await mergeCommand(parts, options, context));
    });
};
