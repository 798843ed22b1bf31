import type { Unit } from '../../formats/format.ts';
import type { CommandBuilder } from '../command.ts';
import { Option } from '../commander.ts';
import { positive } from '../comparing/options.ts';

export interface ImportOptions {
  readonly from?: string;
  readonly unit?: Unit;
  readonly tscKhz?: number;
  readonly label?: string;
  readonly format: 'json' | 'table';
  readonly output: string;
  readonly quiet: boolean;
}

const HELP = `
Formats, told by their content unless --from names one:
  kvmtimer             result documents of kvmtimer itself
  cyclictest-json      cyclictest --json, file versions 1 and 2
  cyclictest-text      cyclictest output: histogram (-h, -H, --histfile), T: lines, -v samples
  rtla-histogram       rtla timerlat hist and rtla osnoise hist
  jitterdebugger-json  results.json of jitterdebugger
  oslat                oslat of rt-tests
  tscdeadline-latency  tscdeadline_latency of kvm-unit-tests, in TSC cycles
  hgrm                 percentile distribution of HdrHistogram (.hgrm)

Examples:
  $ kvmtimer import histogram.txt --unit us --output result.json
  $ kvmtimer import serial-console.log --from cyclictest-text --format table
  $ cyclictest -q -m -p 80 -h 100 -l 10000 | kvmtimer import - --unit us --label host

A histogram in text does not state its unit (\`cyclictest -N\` counts ns): --unit does.
Files of up to 256 MB are read.`;

export const build: CommandBuilder = (command, context) => {
  command
    .argument('<file...>', 'outputs of latency tools, `-` for standard input')
    .option('--from <format>', 'format of the files; told by their content without it')
    .addOption(new Option('--unit <unit>', 'unit of text that does not state its own').choices(['us', 'ns']))
    .option('--tsc-khz <kHz>', 'TSC frequency for text that counts cycles', positive)
    .option('--label <name>', 'name of the results instead of the name of the file')
    .addOption(
      new Option('-f, --format <format>', 'what is written').choices(['json', 'table']).default('json'),
    )
    .option('-o, --output <file>', 'write to a file instead of standard output', '-')
    .option('-q, --quiet', 'no warnings on standard error', false)
    .addHelpText('after', HELP)
    .action(async (files: string[], options: ImportOptions) => {
      const { importCommand } = await import('../importing/import-command.ts');
      context.finish(importCommand(files, options, context));
    });
};
