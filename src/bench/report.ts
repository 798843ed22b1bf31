import Table from 'cli-table3';
import type { GrowthPoint } from './growth.ts';
import type { CaseResult } from './measure.ts';
import type { StartUpResult } from './start-up.ts';
import type { Spread } from './statistics.ts';

/** Everything that a benchmark run found; `--json` prints it as it is. */
export interface BenchReport {
  readonly machine: { readonly cpu: string; readonly cpus: number; readonly node: string };
  readonly loops: number;
  readonly repetitions: number;
  readonly cases: readonly CaseResult[];
  readonly startUp: readonly StartUpResult[];
  readonly growth: readonly GrowthPoint[];
}

/** The report for people: tables in Markdown, so that they can be pasted into a document. */
export function renderReport(report: BenchReport): string {
  const { machine, loops, repetitions } = report;
  const head = `${machine.cpu}, ${machine.cpus} CPUs, Node ${machine.node}`;
  const parts = [
    `${head}; ${loops} loops, ${repetitions} repetitions: median (min … max)`,
    renderCases(report.cases),
  ];
  if (report.cases.some(({ ratio }) => ratio === null))
    parts.push('No C compiler: no limit to compare with.');
  if (report.startUp.length > 0) parts.push(renderStartUp(report.startUp));
  if (report.growth.length > 0) parts.push(renderGrowth(report.growth));
  return `${parts.join('\n\n')}\n`;
}

function renderCases(cases: readonly CaseResult[]): string {
  return markdown(
    [
      'scenario',
      'ns/loop',
      'loops/s',
      'stages/s',
      'ns/stage',
      'draws/loop',
      'limit ns/loop',
      'ratio',
      'result',
    ],
    cases.map(({ name, nsPerLoop, work, limitNsPerLoop, ratio, hash }) => [
      name,
      spread(nsPerLoop, 0),
      Math.round(1e9 / nsPerLoop.median),
      Math.round((1e9 / nsPerLoop.median) * work.stages),
      (nsPerLoop.median / work.stages).toFixed(1),
      work.draws.toFixed(1),
      limitNsPerLoop === null ? '-' : spread(limitNsPerLoop, 0),
      ratio === null ? '-' : spread(ratio, 1),
      hash,
    ]),
  );
}

function renderStartUp(rows: readonly StartUpResult[]): string {
  return markdown(
    ['command', 'wall ms', 'times `node -e 0`'],
    rows.map(({ command, wallMs, timesNode }) => [command, spread(wallMs, 0), timesNode.toFixed(2)]),
  );
}

function renderGrowth(points: readonly GrowthPoint[]): string {
  return markdown(
    ['quantity', 'value', 'loops per thread', 'ns/loop and thread', 'resident MiB'],
    points.map(({ quantity, value, loops, nsPerLoop, residentMib }) => [
      quantity,
      value,
      loops,
      nsPerLoop.toFixed(0),
      residentMib.toFixed(0),
    ]),
  );
}

function spread({ median, min, max }: Spread, digits: number): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)} … ${max.toFixed(digits)})`;
}

function markdown(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = { left: '|', mid: '|', right: '|', middle: '|' };
  const none = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '' };
  const bottom = { bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' };
  const inner = { 'left-mid': '', mid: '', 'mid-mid': '', 'right-mid': '' };
  const table = new Table({
    chars: { ...none, ...bottom, ...inner, left: line.left, right: line.right, middle: line.middle },
    style: { head: [], border: [] },
  });
  table.push(
    [...head],
    head.map(() => '---'),
    ...rows.map((row) => [...row]),
  );
  return table.toString();
}
