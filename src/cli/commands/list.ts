import { UserError } from '../../user-error.ts';
import type { CliContext, CommandBuilder } from '../command.ts';
import { Argument, Option } from '../commander.ts';

const EXAMPLES = `
Examples:
  $ kvmtimer list
  $ kvmtimer list profiles
  $ kvmtimer list presets 4.8 6.1`;

const TOPICS = ['scenarios', 'profiles', 'presets'] as const;
type Topic = (typeof TOPICS)[number];

export const build: CommandBuilder = (command, context) => {
  command
    .addArgument(new Argument('[topic]', 'what to list').choices(TOPICS))
    .argument('[release...]', 'kernel releases to show as columns (topic presets)')
    .addOption(new Option('--format <format>', 'form of the list').choices(['text', 'json']).default('text'))
    .addHelpText('after', EXAMPLES)
    .action(async (topic: Topic | undefined, releases: string[], options: { format: 'text' | 'json' }) => {
      if (topic !== 'presets' && releases.length > 0) {
        throw new UserError('usage', { path: releases[0], message: 'only presets are listed by release' });
      }
      if (topic === 'presets') await listPresets(releases, options.format, context);
      else
        await listFiles(topic === undefined ? ['scenarios', 'profiles'] : [topic], options.format, context);
      if (topic === undefined && options.format === 'text') {
        context.stdout.write('\nKernel releases and what they do: `kvmtimer list presets`\n');
      }
    });
};

async function listFiles(topics: Topic[], format: string, { stdout }: CliContext): Promise<void> {
  const [{ describedProfiles, describedScenarios }, { aligned }] = await Promise.all([
    import('../../scenario/shipped-entries.ts'),
    import('../../report/scenario/aligned.ts'),
  ]);
  const lists = topics.map(
    (topic) => [topic, topic === 'profiles' ? describedProfiles() : describedScenarios()] as const,
  );
  if (format === 'json') {
    stdout.write(`${JSON.stringify(Object.fromEntries(lists), null, 2)}\n`);
    return;
  }
  const text = lists.map(([topic, entries]) => {
    const heading = lists.length > 1 ? `${topic}:\n` : '';
    return heading + aligned(entries.map(({ name, description }) => [name, description]));
  });
  stdout.write(text.join('\n'));
}

async function listPresets(
  releases: readonly string[],
  format: string,
  { stdout }: CliContext,
): Promise<void> {
  const [{ presetsAsDocument, presetsAsText }, { KERNEL_VERSIONS }, { likelyWord }] = await Promise.all([
    import('../../report/scenario/presets.ts'),
    import('../../machine/kvm/versions.ts'),
    import('../../scenario/field-catalogue.ts'),
  ]);
  const unknown = releases.filter((release) => !KERNEL_VERSIONS.some((known) => known === release));
  if (unknown.length > 0) {
    const problems = unknown.map((release) => {
      const hint = likelyWord(release, KERNEL_VERSIONS) ?? `there are: ${KERNEL_VERSIONS.join(', ')}`;
      return { path: release, message: 'is no release with a preset', hint };
    });
    throw new UserError('usage', problems);
  }
  if (format === 'json') stdout.write(`${JSON.stringify(presetsAsDocument(releases), null, 2)}\n`);
  else stdout.write(presetsAsText(releases));
}
