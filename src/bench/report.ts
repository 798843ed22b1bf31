import type { GeneralSimulatorResult } from './general-simulators/measure.ts';
import { type GrowthPoint, loopGrowth, MAX_COST_CHANGE, MAX_MIB } from './growth.ts';
import { markdownTable } from './markdown-table.ts';
import type { CaseResult } from './measure.ts';
import type { StartUpResult } from './start-up.ts';
import type { Spread } from './statistics.ts';

/** Everything that a benchmark run found; `--json` prints it as it is. What was not measured is empty. */
export interface BenchReport {
  readonly machine: { readonly cpu: string; readonly cpus: number; readonly node: string };
  readonly loops: number;
  readonly repetitions: number;
  readonly cases: readonly CaseResult[];
  readonly nsPerDraw: Spread | null;
  readonly generalSimulators: readonly GeneralSimulatorResult[];
  readonly startUp: readonly StartUpResult[];
  readonly growth: readonly GrowthPoint[];
}

/** The report for people: tables in Markdown, so that they can stand in a document. */
export function renderReport(report: BenchReport): string {
  const { machine, loops, repetitions, cases, nsPerDraw, generalSimulators, startUp, growth } = report;
  const head = `${machine.cpu}, ${machine.cpus} CPUs, Node ${machine.node}`;
  const parts = [
    `${head}; ${loops} loops, ${repetitions} repetitions: median (min … max)`,
    renderCases(cases),
    ...(cases.some(({ ratio }) => ratio === null) ? ['No C compiler: no limit to compare with.'] : []),
    ...(nsPerDraw === null ? [] : [`One draw of the generator: ${spread(nsPerDraw, 1)} ns.`]),
    ...(generalSimulators.length === 0 ? [] : [renderSimulators(cases[0], generalSimulators)]),
    ...(startUp.length === 0 ? [] : [renderStartUp(startUp)]),
    ...(growth.length === 0 ? [] : [renderGrowth(growth), renderLoopGrowth(growth)]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function renderCases(cases: readonly CaseResult[]): string {
  return markdownTable(
    [
      'scenario',
      'ns/loop',
      'loops/s',
      'events/s',
      'ns/event',
      'draws/loop',
      'limit ns/loop',
      'ratio',
      'result',
    ],
    cases.map(({ name, nsPerLoop, work, limitNsPerLoop, ratio, hash }) => [
      name,
      spread(nsPerLoop, 0),
      perSecond(nsPerLoop.median),
      perSecond(nsPerLoop.median / work.stages),
      (nsPerLoop.median / work.stages).toFixed(1),
      work.draws.toFixed(1),
      limitNsPerLoop === null ? '-' : spread(limitNsPerLoop, 0),
      ratio === null ? '-' : spread(ratio, 1),
      hash,
    ]),
  );
}

/** The engine's events of the first case beside the same number of events in the others. */
function renderSimulators(engine: CaseResult, others: readonly GeneralSimulatorResult[]): string {
  const engineNs = engine.nsPerLoop.median / engine.work.stages;
  return markdownTable(
    ['simulator', 'events/s', 'ns/event', "times the engine's"],
    [
      ['kvmtimer', perSecond(engineNs), engineNs.toFixed(1), '1.0'],
      ...others.map(({ name, version, nsPerEvent }) =>
        nsPerEvent === null
          ? [`${name}: not installed`, '-', '-', '-']
          : [
              `${name} ${version}`,
              perSecond(nsPerEvent.median),
              spread(nsPerEvent, 1),
              (nsPerEvent.median / engineNs).toFixed(1),
            ],
      ),
    ],
  );
}

function renderStartUp(rows: readonly StartUpResult[]): string {
  return markdownTable(
    ['command', 'wall ms', 'times `node -e 0`', 'MiB'],
    rows.map(({ command, wallMs, timesNode, residentMib }) => [
      command,
      spread(wallMs, 0),
      timesNode.toFixed(2),
      residentMib.toFixed(0),
    ]),
  );
}

function renderGrowth(points: readonly GrowthPoint[]): string {
  return markdownTable(
    ['quantity', 'value', 'ns/loop and thread', 'times a fixed work', 'MiB'],
    points.map(({ quantity, value, nsPerLoop, relative, residentMib }) => [
      quantity,
      value,
      nsPerLoop.toFixed(0),
      relative === null ? '-' : relative.toFixed(1),
      residentMib.toFixed(0),
    ]),
  );
}

function renderLoopGrowth(points: readonly GrowthPoint[]): string {
  const { costChange, mib, isLinear, isConstant } = loopGrowth(points);
  const held = (holds: boolean) => (holds ? 'held' : 'not held');
  const percent = (share: number) => (100 * share).toFixed(1);
  return (
    `With more loops a further one costs ${percent(1 + costChange)} % of what it did ` +
    `(goal: within ${percent(MAX_COST_CHANGE)} %, ${held(isLinear)}), ` +
    `and the memory changes by ${mib.toFixed(1)} MiB (goal: at most ${MAX_MIB}, ${held(isConstant)}).`
  );
}

function perSecond(ns: number): number {
  return Math.round(1e9 / ns);
}

function spread({ median, min, max }: Spread, digits: number): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)} … ${max.toFixed(digits)})`;
}
