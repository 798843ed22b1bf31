import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { countAside, doAside, measurePointAside } from './aside.ts';
import { writeInto } from './document.ts';
import { measureDraw } from './draws.ts';
import { measureGeneralSimulators } from './general-simulators/measure.ts';
import { growthGraph } from './graph.ts';
import { measureGrowth } from './growth.ts';
import { GUARD_FAILED, violations } from './guard.ts';
import { measureCases } from './measure.ts';
import { type Options, parseOptions } from './options.ts';
import { type BenchReport, renderReport } from './report.ts';
import { measureStartUp } from './start-up.ts';

/** Enough for general simulators, whose chain has some hundred events in a loop. */
const CHAIN_LOOPS = 5000;

const options = parseOptions();
if (options.aside !== undefined) process.stdout.write(JSON.stringify(await doAside(options.aside)));
else process.exitCode = await bench(options);

async function bench({ json, guard, graph, write, ...what }: Options): Promise<number> {
  const report = await measure({ ...what, growth: what.growth || graph !== undefined });
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : renderReport(report));
  if (graph !== undefined) writeFileSync(graph, growthGraph(report.growth));
  if (write !== undefined) writeInto(write, renderReport(report));
  return guard === undefined ? 0 : watch(report, guard);
}

function watch({ cases }: BenchReport, guard: number): number {
  if (cases.every(({ ratio }) => ratio === null)) process.stderr.write('note: no C compiler, no guard\n');
  const failures = violations(cases, guard);
  for (const failure of failures) process.stderr.write(`error: ${failure}\n`);
  return failures.length > 0 ? GUARD_FAILED : 0;
}

type What = Pick<Options, 'loops' | 'repetitions' | 'casesOnly' | 'growth'>;

async function measure({ loops, repetitions, casesOnly, growth }: What): Promise<BenchReport> {
  const machine = { cpu: cpus()[0].model, cpus: cpus().length, node: process.version };
  const cases = await measureCases({ loops, repetitions }, countAside);
  const events = Math.round(cases[0].work.stages);
  return {
    machine,
    loops,
    repetitions,
    cases,
    nsPerDraw: casesOnly ? null : measureDraw(repetitions),
    generalSimulators: casesOnly ? [] : measureGeneralSimulators(CHAIN_LOOPS, events, repetitions),
    startUp: casesOnly ? [] : measureStartUp(repetitions),
    growth: growth ? await measureGrowth(loops, measurePointAside) : [],
  };
}
