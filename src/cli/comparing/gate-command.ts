import { evaluateGate, gateExitCode } from '../../compare/gate/gate.ts';
import {
  renderGate,
  renderGateAnnotations,
  renderGateJson,
  renderGateJunit,
  renderGateMarkdown,
} from '../../compare/gate/report.ts';
import type { GateReport } from '../../compare/gate/result.ts';
import { readSides } from '../../compare/inputs.ts';
import type { ExitCode } from '../../user-error.ts';
import { UserError } from '../../user-error.ts';
import type { CliContext } from '../command.ts';
import { gateSettings } from './gate-settings.ts';
import type { ComparingOptions } from './options.ts';
import { appendJobSummary, assertAllWritable, paletteOf, write } from './outputs.ts';

export interface GateCommandOptions extends ComparingOptions {
  readonly baseline?: string;
}

/** Reads, judges, writes; returns the exit code. */
export function gateCommand(
  inputs: readonly string[],
  options: GateCommandOptions,
  context: CliContext,
): ExitCode {
  const { output, exportJson, exportMarkdown, exportJunit } = options;
  assertAllWritable([output, exportJson, exportMarkdown, exportJunit]);
  const { rules, gate } = gateSettings(options, true);
  const baseline = options.baseline === undefined ? null : readSides([options.baseline], options);
  if (baseline !== null && baseline.length > 1) {
    throw new UserError('gate-invalid', { path: '--baseline', message: 'names more than one side' });
  }
  const report = evaluateGate(baseline?.[0] ?? null, readSides(inputs, options), rules, gate);
  write(context, output, render(report, options.format, output === '-' && context.color));
  if (exportJson) write(context, exportJson, renderGateJson(report));
  if (exportMarkdown) write(context, exportMarkdown, renderGateMarkdown(report));
  writeVerdict(report, renderGateMarkdown(report), options, context);
  return gateExitCode(report);
}

/** What CI systems read beside the report itself. */
export function writeVerdict(
  report: GateReport,
  markdown: string,
  { exportJunit, github }: ComparingOptions,
  context: CliContext,
): void {
  if (exportJunit) write(context, exportJunit, renderGateJunit(report));
  if (!github) return;
  context.stderr.write(renderGateAnnotations(report));
  appendJobSummary(context.env, markdown);
}

function render(report: GateReport, format: string, color: boolean): string {
  switch (format) {
    case 'json':
      return renderGateJson(report);
    case 'junit':
      return renderGateJunit(report);
    case 'github':
      return renderGateAnnotations(report);
    case 'markdown':
      return renderGateMarkdown(report);
    default:
      return renderGate(report, paletteOf(color));
  }
}
