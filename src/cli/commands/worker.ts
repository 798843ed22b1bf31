import type { CommandBuilder } from '../command.ts';
import type { WorkerCommandOptions } from '../sweep/worker-command.ts';
import { threadCount } from '../thread-count.ts';

const EXAMPLES = `
Examples:
  $ kvmtimer worker --queue redis://queue.example:6379
  $ KVMTIMER_QUEUE=rediss://user:password@queue.example:6379 kvmtimer worker --jobs 8 --idle-exit 600

Any number of workers on any number of machines share the work of \`kvmtimer sweep --queue\`. All are of one version.
The password of a URL is visible in the list of processes; the variable KVMTIMER_QUEUE is not.`;

export const build: CommandBuilder = (command, context) => {
  command
    .option('--queue <url>', 'Redis server: redis://host:6379, rediss:// for TLS; KVMTIMER_QUEUE by default')
    .option('-j, --jobs <n>', 'worker threads; as many as cores by default', threadCount)
    .option('--idle-exit <seconds>', 'end after so long without work; never by default')
    .option('-q, --quiet', 'no notes on standard error', false)
    .addHelpText('after', EXAMPLES)
    .action(async (options: WorkerCommandOptions) => {
      const { workerCommand } = await import('../sweep/worker-command.ts');
      context.finish(await workerCommand(options, context));
    });
};
