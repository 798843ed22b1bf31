import type { CommandBuilder } from '../command.ts';
import {
  addGateOptions,
  addInputOptions,
  addOutputOptions,
  type ComparingOptions,
} from '../comparing/options.ts';

const FORMATS = ['text', 'json', 'markdown', 'junit', 'github'];
const HELP = `
Without --gate and --gate-file the rules of ./kvmtimer.gate.json hold. Rules compare min, mean, median, max,
percentiles (p99.9) and shares (share(>12us)) with latencies, percents and the baseline's figures; the rule
"significant" fails when mean, p50, p99 or p99.9 is worse by test and by effect size.

Examples:
  $ kvmtimer gate result.json --gate "p99.9 < 40us" --gate "share(>12us) < 0.1%"
  $ kvmtimer gate after.json --baseline before.json --gate "mean <= baseline * 1.05" --gate significant
  $ kvmtimer gate 'runs/*.json' --pool --gate "max < 100us" --export-junit gate.xml
  $ kvmtimer gate again.json --baseline once.json --exact

Exit codes: 0 passed, 1 error, 2 failed, 3 not comparable, not decided or nothing judged`;

export const build: CommandBuilder = (command, context) => {
  command
    .argument('<input...>', 'candidates: file, label=file, or a pattern of either')
    .option('--baseline <input>', 'what rules mean by "baseline"');
  addInputOptions(command);
  addGateOptions(command);
  addOutputOptions(command, FORMATS)
    .addHelpText('after', HELP)
    .action(async (inputs: string[], options: ComparingOptions) => {
      const { gateCommand } = await import('../comparing/gate-command.ts');
      context.finish(gateCommand(inputs, options, context));
    });
};
