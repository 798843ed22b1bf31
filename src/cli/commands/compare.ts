import type { CommandBuilder } from '../command.ts';
import {
  addGateOptions,
  addInputOptions,
  addOutputOptions,
  type ComparingOptions,
  collect,
} from '../comparing/options.ts';

const FORMATS = ['table', 'json', 'csv', 'markdown'];
const HELP = `
The first input is the baseline. The same label given twice, or a pattern, makes repetitions of one side.
Latencies are in us and rounded down to the bins of the inputs; \`~\` stands for no significant difference.

Examples:
  $ kvmtimer compare before.json after.json
  $ kvmtimer compare off=off.json on=on.json --vary host.kvm.enable_hv_timer
  $ kvmtimer compare 'old=old/*.json' 'new=new/*.json' --gate significant
  $ kvmtimer compare a.txt b.txt --above 40us --format markdown

Exit codes: 0 compared (gate passed), 1 error, 2 gate failed, 3 not comparable or not decided`;

export const build: CommandBuilder = (command, context) => {
  command.argument('<input...>', 'baseline and candidates: file, label=file, or a pattern of either');
  addInputOptions(command);
  command
    .option('--above <latency>', 'show the share of samples above a latency (repeatable)', collect, [])
    .option('--histogram', 'show the histograms over each other');
  addGateOptions(command);
  addOutputOptions(command, FORMATS)
    .option('--export-csv <file>', 'write as CSV, too')
    .addHelpText('after', HELP)
    .action(async (inputs: string[], options: ComparingOptions) => {
      const { compareCommand } = await import('../comparing/compare-command.ts');
      context.finish(compareCommand(inputs, options, context));
    });
};
