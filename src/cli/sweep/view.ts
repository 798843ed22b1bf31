import { extname, resolve } from 'node:path';
import { assertWritable, type Content, writeWholeFile } from '../../io/whole-file.ts';
import { configurationsOf } from '../../sweep/analysis/configurations.ts';
import { bestFor, type Goal, parseGoal } from '../../sweep/analysis/goal.ts';
import { defaultMetric, type Metric, metricOf } from '../../sweep/metric.ts';
import type { SweepTable } from '../../sweep/output/rows.ts';
import type { Plan } from '../../sweep/plan/plan.ts';
import { UserError } from '../../user-error.ts';
import type { CliContext } from '../command.ts';
import { SWEEP_FORMATS, type ViewOptions } from './options.ts';

type Format = (typeof SWEEP_FORMATS)[number];

/** What is to be shown of a sweep, checked before anything is run. */
export interface View {
  readonly format: Format;
  readonly output: string | undefined;
  readonly plot: string | undefined;
  readonly metric: Metric;
  readonly goals: readonly Goal[];
}

/** Throws a UserError for everything about the view that could only fail later otherwise. */
export function viewOf(
  options: ViewOptions,
  plan: Plan,
  context: CliContext,
  inputs: readonly string[],
): View {
  const { quantiles } = plan.definition.sweep;
  const output = options.output === '-' ? undefined : options.output;
  const { plot } = options;
  assertApart([...inputs, output, plot].filter((file) => file !== undefined));
  for (const file of [output, plot]) if (file !== undefined && file !== '-') assertWritable(file);
  const format = options.format ?? formatOf(output) ?? 'table';
  if (plot === '-' && output === undefined && options.format !== undefined) {
    throw new UserError('output-conflict', {
      path: '--plot',
      message: 'would be mixed with the points on standard output',
    });
  }
  if (format === 'parquet' && output === undefined && context.columns !== undefined) {
    throw new UserError('output-binary', {
      path: '--format parquet',
      message: 'is not for a terminal',
      hint: 'name a file: --output sweep.parquet',
    });
  }
  const goals = options.goal.map((text) => parseGoal(text, plan.parameters, quantiles));
  return {
    format,
    output,
    plot,
    goals,
    metric: metricOf(
      options.metric ?? metricOfGoals(options) ?? defaultMetric(quantiles),
      quantiles,
      '--metric',
    ),
  };
}

/** Prints the points, or the summary when they go to a file; writes what was asked for. */
export async function present(table: SweepTable, view: View, context: CliContext): Promise<void> {
  if (view.output !== undefined) writeWholeFile(view.output, await render(table, view, false));
  if (view.plot !== undefined) {
    const { plot } = await import('../../sweep/output/plot.ts');
    const picture = plot(table, view.metric);
    if (view.plot === '-') context.stdout.write(picture);
    else writeWholeFile(view.plot, picture);
  }
  if (view.plot === '-') return;
  const printed = view.output === undefined ? view : { ...view, format: 'table' as const };
  await print(await render(table, printed, context.color), context);
}

/** Waits where the reader is slower: a large sweep is not held in memory as text. */
async function print(content: Content, { stdout }: CliContext): Promise<void> {
  const chunks = typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
  for (const chunk of chunks) {
    if (stdout.destroyed) return;
    if (!stdout.write(chunk)) {
      await new Promise<void>((done) => {
        const go = () => {
          stdout.off('drain', go).off('close', go).off('error', go);
          done();
        };
        stdout.on('drain', go).on('close', go).on('error', go);
      });
    }
  }
}

async function render(table: SweepTable, view: View, color: boolean): Promise<Content> {
  const { csv, json, ndjson } = await import('../../sweep/output/text-formats.ts');
  switch (view.format) {
    case 'csv':
      return csv(table);
    case 'ndjson':
      return ndjson(table);
    case 'json':
      return json(table, view.goals.length > 0 ? bestFor(view.goals, configurationsOf(table)) : undefined);
    case 'parquet':
      return (await import('../../sweep/output/parquet.ts')).parquet(table);
    case 'table': {
      const { summary } = await import('../../sweep/output/summary.ts');
      return summary(table, { metric: view.metric, goals: view.goals, color });
    }
  }
}

/** Who asks for the least p99.9 wants to see p99.9. */
function metricOfGoals({ goal }: ViewOptions): string | undefined {
  return goal
    .map((text) => /^\s*(?:min|max)\s+(p[\d.]+|min|mean|max)\s*$/.exec(text)?.[1])
    .find((name) => name !== undefined);
}

function formatOf(output: string | undefined): Format | undefined {
  if (output === undefined) return undefined;
  const ending = extname(output).slice(1);
  const format =
    SWEEP_FORMATS.find((known) => known === ending) ?? (ending === 'jsonl' ? 'ndjson' : undefined);
  if (format !== undefined) return format;
  throw new UserError('format-unknown', {
    path: `--output ${output}`,
    message: 'the ending does not tell a format',
    hint: `.csv, .ndjson, .json or .parquet, or say --format`,
  });
}

function assertApart(files: readonly string[]): void {
  const seen = new Set<string>();
  for (const file of files) {
    const path = file === '-' ? file : resolve(file);
    if (seen.has(path) && file !== '-') {
      throw new UserError('output-conflict', {
        file,
        message: 'is named twice',
        hint: 'each input and output needs a file of its own',
      });
    }
    seen.add(path);
  }
}
