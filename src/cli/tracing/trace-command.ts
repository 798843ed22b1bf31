import { resolve } from 'node:path';
import { writeFtrace } from '../../formats/ftrace/write.ts';
import type { MachineTrace } from '../../formats/machine-trace.ts';
import { writePerfetto } from '../../formats/perfetto/write.ts';
import { writeTraceJson } from '../../formats/trace-json/write.ts';
import { assertWritable, writeWholeFile } from '../../io/whole-file.ts';
import { type TraceOutcome, traceScenario } from '../../run/trace-scenario.ts';
import { type LoadedScenario, loadScenario } from '../../scenario/load.ts';
import { ExitCode, formatProblem, UserError } from '../../user-error.ts';
import type { CliContext } from '../command.ts';
import type { TraceCommandOptions } from '../commands/trace.ts';
import { onInterrupt } from '../interrupt.ts';
import { showProgress } from '../progress.ts';
import { loadOptions } from '../scenario-options.ts';
import { traceSettings, wantedSamples, wantedTracePoints } from './settings.ts';

/** `kvmtimer trace`: everything that can fail early is checked before anything runs. */
export async function traceCommand(
  file: string,
  options: TraceCommandOptions,
  context: CliContext,
): Promise<ExitCode> {
  const points = wantedTracePoints(options.events);
  const aroundWorst = wantedSamples(options.aroundWorst);
  assertOutput(options.output, file);
  const scenario = await loadScenario(file, {
    ...loadOptions(options, context),
    set: traceSettings(options),
  });
  if (!options.quiet)
    for (const warning of scenario.warnings) context.stderr.write(`warning: ${formatProblem(warning)}\n`);
  const outcome = await traced(scenario, { points, aroundWorst }, options, context);
  present(outcome, options, context);
  return outcome.partial ? ExitCode.interrupted : ExitCode.success;
}

/** Throws a UserError where the trace could not be written, or would destroy what it is of. */
function assertOutput(output: string, scenario: string): void {
  if (output === '-') return;
  if (resolve(output) === resolve(scenario)) {
    const message = 'would overwrite the scenario';
    throw new UserError('output-conflict', { path: '--output', message, hint: 'name another file' });
  }
  assertWritable(output);
}

async function traced(
  scenario: LoadedScenario,
  what: Parameters<typeof traceScenario>[1],
  { quiet }: TraceCommandOptions,
  context: CliContext,
): Promise<TraceOutcome> {
  let interrupted = false;
  let share = 0;
  const endProgress = quiet
    ? () => {}
    : showProgress(
        context,
        () => scenario.scenario.name,
        () => share,
      );
  const restoreSignals = onInterrupt(() => {
    interrupted = true;
  });
  try {
    return await traceScenario(scenario, what, {
      shouldStop: () => interrupted,
      onProgress: (done, total) => {
        share = done / total;
      },
    });
  } finally {
    endProgress();
    restoreSignals();
  }
}

function present(
  { trace, worst, partial }: TraceOutcome,
  options: TraceCommandOptions,
  context: CliContext,
): void {
  const content = render(trace, options);
  if (options.output === '-') for (const piece of content) context.stdout.write(piece);
  else writeWholeFile(options.output, content);
  if (options.quiet) return;
  for (const [index, { thread, cycle, latencyNs }] of worst.entries()) {
    const name = trace.threads[thread];
    context.stderr.write(`worst ${index + 1}: ${name}, sample ${cycle}: ${latencyNs} ns\n`);
  }
  if (partial) context.stderr.write('interrupted: the trace is partial\n');
}

function render(trace: MachineTrace, { format, clock }: TraceCommandOptions): Iterable<string> {
  if (format === 'perfetto') return writePerfetto(trace);
  if (format === 'json') return writeTraceJson(trace);
  return writeFtrace(trace.events, { ...trace, clock });
}
