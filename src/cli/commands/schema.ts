import type { CommandBuilder } from '../command.ts';

const EXAMPLES = `
Examples:
  $ kvmtimer schema > scenario.schema.json`;

export const build: CommandBuilder = (command, context) => {
  command.addHelpText('after', EXAMPLES).action(async () => {
    const { scenarioJsonSchemaText } = await import('../../scenario/json-schema.ts');
    context.stdout.write(scenarioJsonSchemaText());
  });
};
