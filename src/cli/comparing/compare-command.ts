import { type CompareOptions, compareSides } from '../../compare/compare.ts';
import type { Comparison } from '../../compare/comparison.ts';
import { evaluateGate, gateExitCode } from '../../compare/gate/gate.ts';
import { parseDurationNs } from '../../compare/gate/parse.ts';
import { gateDocument, renderGate, renderGateMarkdown } from '../../compare/gate/report.ts';
import type { GateReport } from '../../compare/gate/result.ts';
import { readSides } from '../../compare/inputs.ts';
import { renderCsv } from '../../compare/report/csv.ts';
import { renderOverlay } from '../../compare/report/histogram.ts';
import { comparisonDocument } from '../../compare/report/json.ts';
import { renderMarkdown } from '../../compare/report/markdown.ts';
import type { Palette } from '../../compare/report/palette.ts';
import { renderTable } from '../../compare/report/table.ts';
import { ExitCode } from '../../user-error.ts';
import type { CliContext } from '../command.ts';
import { writeVerdict } from './gate-command.ts';
import { gateSettings } from './gate-settings.ts';
import type { ComparingOptions } from './options.ts';
import { assertAllWritable, paletteOf, write } from './outputs.ts';

export interface CompareCommandOptions extends ComparingOptions {
  readonly above?: readonly string[];
  readonly histogram?: boolean;
  readonly exportCsv?: string;
}

/** Reads, compares, judges, writes; returns the exit code. */
export function compareCommand(
  inputs: readonly string[],
  options: CompareCommandOptions,
  context: CliContext,
): ExitCode {
  const { output, exportCsv, exportJson, exportMarkdown, exportJunit } = options;
  assertAllWritable([output, exportCsv, exportJson, exportMarkdown, exportJunit]);
  const { rules, gate } = gateSettings(options, false);
  const metrics = (options.above ?? []).map(
    (text) => ({ kind: 'share', relation: '>', thresholdNs: parseDurationNs(text) }) as const,
  );
  const sides = readSides(inputs, options);
  const compareOptions: CompareOptions = { ...gate, metrics };
  const comparison = compareSides(sides, compareOptions);
  const judged = rules.length > 0 || gate.exact || asksForVerdict(options);
  const report = judged ? evaluateGate(sides[0]!, sides.slice(1), rules, gate) : null;
  const render = renderers(comparison, report, options, context);
  write(context, output, render[options.format as keyof typeof render](paletteFor(output, context)));
  const plain = paletteOf(false);
  if (exportCsv) write(context, exportCsv, render.csv(plain));
  if (exportJson) write(context, exportJson, render.json(plain));
  if (exportMarkdown) write(context, exportMarkdown, render.markdown(plain));
  if (report === null) return ExitCode.success;
  writeVerdict(report, render.markdown(plain), options, context);
  return gateExitCode(report);
}

/** Then a comparison without rules is no success but a gate that judged nothing. */
function asksForVerdict({ gateFile, exportJunit, github }: ComparingOptions): boolean {
  return gateFile !== undefined || exportJunit !== undefined || github === true;
}

function paletteFor(output: string, context: CliContext): Palette {
  return paletteOf(output === '-' && context.color);
}

function renderers(
  comparison: Comparison,
  report: GateReport | null,
  options: CompareCommandOptions,
  context: CliContext,
): Record<'table' | 'json' | 'csv' | 'markdown', (palette: Palette) => string> {
  return {
    table: (palette) => {
      const parts = [renderTable(comparison, palette)];
      if (options.histogram) parts.push(renderOverlay(comparison, context.columns ?? 100, palette));
      if (report !== null) parts.push(renderGate(report, palette));
      return parts.join('\n');
    },
    json: () => {
      const document = {
        ...comparisonDocument(comparison),
        gate: report === null ? null : gateDocument(report),
      };
      return `${JSON.stringify(document, null, 2)}\n`;
    },
    csv: () => renderCsv(comparison),
    markdown: () => {
      const table = renderMarkdown(comparison);
      return report === null ? table : `${renderGateMarkdown(report)}\n${table}`;
    },
  };
}
