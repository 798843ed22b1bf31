import { rmSync } from 'node:fs';
import type { Executor } from '../../sweep/executors/executor.ts';
import { type LoadedSweep, loadSweep } from '../../sweep/load/load.ts';
import { runSweep, type SweepOutcome } from '../../sweep/run-sweep.ts';
import { parseShard, type Shard } from '../../sweep/shard.ts';
import { ExitCode, UserError, visible } from '../../user-error.ts';
import type { CliContext } from '../command.ts';
import { onInterrupt } from '../interrupt.ts';
import { showProgress } from '../progress.ts';
import { dryRun } from './dry-run.ts';
import { reportFailures } from './failures.ts';
import type { SweepOptions } from './options.ts';
import { present, viewOf } from './view.ts';

/** `kvmtimer sweep`: everything that can fail early is checked before the first point runs. */
export async function sweepCommand(
  file: string,
  options: SweepOptions,
  context: CliContext,
): Promise<ExitCode> {
  const queue = options.queue ?? (context.env.KVMTIMER_QUEUE || undefined);
  assertCompatible({ ...options, queue });
  const shard = options.shard === undefined ? undefined : parseShard(options.shard, context.env);
  const { set, allowOutside, yes } = options;
  const sweep = await loadSweep(file, { set, allowOutside, allowLarge: yes, stdin: context.stdin });
  const journal = options.journal ?? defaultJournal(sweep, shard);
  const view = viewOf(options, sweep.plan, context, [sweep.file, journal]);
  if (options.dryRun) return dryRun(sweep.plan, options, context);
  const executor = await executorOf(options, queue);
  const outcome = await run({ sweep, journal, shard, executor, options, context });
  if (!outcome.complete) return interrupted(outcome, journal, context);
  if (shard !== undefined) {
    tell(options, context, `shard ${shard.index}/${shard.count} is in ${journal}: ${outcome.total} points`);
    return reportFailures(outcome.results, context);
  }
  await present({ plan: sweep.plan, results: outcome.results }, view, context);
  if (options.journal === undefined) rmSync(journal, { force: true });
  return reportFailures(outcome.results, context);
}

interface Run {
  readonly sweep: LoadedSweep;
  readonly journal: string;
  readonly shard: Shard | undefined;
  readonly executor: Executor;
  readonly options: SweepOptions;
  readonly context: CliContext;
}

async function run({ sweep, journal, shard, executor, options, context }: Run): Promise<SweepOutcome> {
  const controller = new AbortController();
  const restoreSignals = onInterrupt(() => controller.abort());
  let share = 0;
  let text = '';
  const endProgress = options.quiet
    ? () => {}
    : showProgress(
        context,
        () => text,
        () => share,
      );
  try {
    return await runSweep({
      plan: sweep.plan,
      executor,
      journal,
      mode: options.fresh ? 'fresh' : options.resume ? 'resume' : 'new',
      shard,
      signal: controller.signal,
      onProgress: (done, total) => {
        share = total === 0 ? 1 : done / total;
        text = `${Math.floor(done)}/${total} points`;
      },
      onNotice: (notice) => tell(options, context, notice),
    });
  } finally {
    endProgress();
    restoreSignals();
  }
}

async function executorOf(options: SweepOptions, queue: string | undefined): Promise<Executor> {
  if (queue === undefined) {
    const { poolExecutor } = await import('../../sweep/executors/pool.ts');
    return poolExecutor({ threads: options.jobs });
  }
  const { parseQueueAddress } = await import('../../sweep/executors/queue/connection.ts');
  const { openQueue } = await import('../../sweep/executors/queue/coordinator.ts');
  return openQueue(parseQueueAddress(queue));
}

/** In the working folder; a sweep file may lie where nothing can be written. */
function defaultJournal({ plan }: LoadedSweep, shard: Shard | undefined): string {
  const name =
    plan.definition.sweep.name
      .replace(/[^\w.-]+/g, '-')
      .replace(/^[.-]+/, '')
      .slice(0, 100) || 'sweep';
  return shard === undefined
    ? `${name}.journal.ndjson`
    : `${name}.shard-${shard.index}-of-${shard.count}.ndjson`;
}

function interrupted({ results, total }: SweepOutcome, journal: string, { stderr }: CliContext): ExitCode {
  stderr.write(`interrupted: ${results.count} of ${total} points are kept in ${visible(journal)}\n`);
  stderr.write('go on with the same command and --resume\n');
  return ExitCode.interrupted;
}

function assertCompatible({
  resume,
  fresh,
  shard,
  queue,
  output,
  format,
  plot,
  goal,
  jobs,
}: SweepOptions): void {
  const conflict = (path: string, message: string, hint: string) =>
    new UserError('options-conflict', { path, message, hint });
  if (resume && fresh) throw conflict('--fresh', 'contradicts --resume', 'give one of them');
  if (queue !== undefined && jobs !== undefined) {
    throw conflict(
      '--jobs',
      'has no effect with --queue',
      '`kvmtimer worker --jobs` sets the threads of a worker',
    );
  }
  const isViewed = output !== undefined || format !== undefined || plot !== undefined || goal.length > 0;
  if (shard !== undefined && isViewed) {
    const option =
      output !== undefined
        ? '--output'
        : format !== undefined
          ? '--format'
          : plot !== undefined
            ? '--plot'
            : '--goal';
    throw conflict(
      option,
      'one shard is not the whole',
      'give it to `kvmtimer merge`, which puts the shards together',
    );
  }
}

function tell({ quiet }: SweepOptions, { stderr }: CliContext, text: string): void {
  if (!quiet) stderr.write(`${visible(text)}\n`);
}
