import { parseQueueAddress } from '../../sweep/executors/queue/connection.ts';
import { runWorker } from '../../sweep/executors/queue/worker.ts';
import { ExitCode, UserError, visible } from '../../user-error.ts';
import type { CliContext } from '../command.ts';
import { onInterrupt } from '../interrupt.ts';

export interface WorkerCommandOptions {
  readonly queue?: string;
  readonly jobs?: number;
  readonly idleExit?: string;
  readonly quiet: boolean;
}

/** `kvmtimer worker`: ends by itself only with --idle-exit. */
export async function workerCommand(options: WorkerCommandOptions, context: CliContext): Promise<ExitCode> {
  const queue = options.queue ?? (context.env.KVMTIMER_QUEUE || undefined);
  if (queue === undefined) {
    throw new UserError('queue-missing', {
      path: '--queue',
      message: 'is missing',
      hint: '--queue redis://host:6379',
    });
  }
  const address = parseQueueAddress(queue);
  const idleSeconds = idleSecondsOf(options.idleExit);
  const tell = (text: string) => {
    if (!options.quiet) context.stderr.write(`${visible(text)}\n`);
  };
  const controller = new AbortController();
  const restoreSignals = onInterrupt(() => controller.abort());
  try {
    const { signal } = controller;
    const onReady = (threads: number) =>
      tell(`waiting for work from ${address.shown} with ${threads} threads`);
    const done = await runWorker({
      address,
      threads: options.jobs,
      idleSeconds,
      signal,
      onNotice: tell,
      onReady,
    });
    tell(`${done.points} points in ${done.batches} batches`);
    return signal.aborted ? ExitCode.interrupted : ExitCode.success;
  } finally {
    restoreSignals();
  }
}

function idleSecondsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && seconds > 0) return seconds;
  throw new UserError('option-invalid', {
    path: `--idle-exit ${text}`,
    message: 'is no time',
    hint: 'seconds, as in --idle-exit 600',
  });
}
