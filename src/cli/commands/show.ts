import type { CommandBuilder } from '../command.ts';
import { Option } from '../commander.ts';
import { addScenarioOptions, loadOptions, type ScenarioOptions } from '../scenario-options.ts';

const EXAMPLES = `
Examples:
  $ kvmtimer show jiang-2016-v4-hv-timer-on
  $ kvmtimer show --set host.kernel.version=6.1 --format json my-host.json
  $ kvmtimer show --costs jiang-2016-v4-base`;

export const build: CommandBuilder = (command, context) => {
  command.argument('<scenario>', 'scenario file, name of a shipped scenario, or `-` for standard input');
  addScenarioOptions(command)
    .option('--costs', 'also the costs of the CPU profile, each with its kind and source', false)
    .addOption(
      new Option('--format <format>', 'form of the output').choices(['text', 'json']).default('text'),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, options: ScenarioOptions & { costs: boolean; format: 'text' | 'json' }) => {
      const [{ loadScenario }, { showAsJson, showAsText }] = await Promise.all([
        import('../../scenario/load.ts'),
        import('../../report/scenario/show.ts'),
      ]);
      const loaded = await loadScenario(file, loadOptions(options, context));
      const show = options.format === 'json' ? showAsJson : showAsText;
      context.stdout.write(show(loaded, { color: context.color, costs: options.costs }));
    });
};
