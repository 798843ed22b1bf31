import { availableParallelism } from 'node:os';
import { Chalk } from 'chalk';
import { valueText } from '../../sweep/describe.ts';
import { estimateSeconds } from '../../sweep/estimate.ts';
import { runPoint } from '../../sweep/executors/run-point.ts';
import { textTable } from '../../sweep/output/text-table.ts';
import type { Plan } from '../../sweep/plan/plan.ts';
import { ExitCode } from '../../user-error.ts';
import type { CliContext } from '../command.ts';
import type { SweepOptions } from './options.ts';

const SHOWN = 5;

/** Prints what a sweep would run: with --format ndjson every point, else the first few. */
export function dryRun(plan: Plan, options: SweepOptions, context: CliContext): ExitCode {
  if (options.format === 'ndjson' || options.format === 'json') {
    printPoints(plan, context);
    return ExitCode.success;
  }
  const count = Math.min(SHOWN, plan.size);
  const points = Array.from({ length: count }, (_, index) => plan.point(index));
  const rows = points.map(({ index, values, repeat }) => [
    String(index),
    ...values.map(valueText),
    ...(plan.repeats > 1 ? [String(repeat + 1)] : []),
  ]);
  const head = ['point', ...plan.parameters, ...(plan.repeats > 1 ? ['repeat'] : [])];
  const chalk = new Chalk({ level: context.color ? 1 : 0 });
  const threads = options.jobs ?? availableParallelism();
  const time = duration(estimateSeconds(plan, threads, runPoint));
  const on = `${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  context.stdout.write(`${plan.definition.sweep.name}: ${plan.size} points, about ${time} on ${on}\n\n`);
  context.stdout.write(`${textTable(head, rows, { chalk, rightFrom: head.length })}\n`);
  if (plan.size > count) context.stdout.write(`  and ${plan.size - count} more\n`);
  return ExitCode.success;
}

function printPoints(plan: Plan, { stdout }: CliContext): void {
  for (let index = 0; index < plan.size; index++) {
    const { values, repeat } = plan.point(index);
    const parameters = Object.fromEntries(plan.parameters.map((path, position) => [path, values[position]]));
    stdout.write(`${JSON.stringify({ point: index, parameters, repeat: repeat + 1 })}\n`);
  }
}

/** Two leading digits at most: it is an estimate. */
export function duration(seconds: number): string {
  if (seconds < 1) return 'a second';
  if (seconds < 100) return `${Number(seconds.toPrecision(2))} s`;
  if (seconds < 100 * 60) return `${Number((seconds / 60).toPrecision(2))} min`;
  return `${Number((seconds / 3600).toPrecision(2))} h`;
}
