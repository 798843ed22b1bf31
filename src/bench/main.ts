import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';
import { CASE_NAMES, type CaseName } from './cases.ts';
import { measureGrowth } from './growth.ts';
import { measureCases } from './measure.ts';
import { type BenchReport, renderReport } from './report.ts';
import { measureStartUp } from './start-up.ts';
import { countCase, type WorkPerLoop } from './work.ts';

const GUARD_FAILED = 2;

interface Options {
  readonly loops: number;
  readonly repetitions: number;
  readonly json: boolean;
  readonly casesOnly: boolean;
  readonly guard?: number;
  readonly count?: CaseName;
}

const options = new Command('bench')
  .description('Measures the engine against the work that it cannot avoid.')
  .option('-l, --loops <n>', 'loops of each run', positive, 600_000)
  .option('-r, --repetitions <n>', 'runs of each case', positive, 5)
  .option('--cases-only', 'no start-up times and no growth', false)
  .option('--json', 'print the report as JSON', false)
  .option('--guard <ratio>', 'exit with 2 if the engine takes more than so many times the limit', positive)
  .addOption(new Option('--count <case>', 'print the work of one case').choices(CASE_NAMES).hideHelp())
  .parse()
  .opts<Options>();

if (options.count !== undefined) process.stdout.write(JSON.stringify(await countCase(options.count)));
else process.exitCode = await bench();

async function bench(): Promise<number> {
  const report = await measure(options);
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : renderReport(report));
  return exceeds(report, options.guard) ? GUARD_FAILED : 0;
}

/** In a process of its own, since counting slows its process down. */
async function countAside(name: CaseName): Promise<WorkPerLoop> {
  return JSON.parse(execFileSync(process.execPath, [process.argv[1], '--count', name], { encoding: 'utf8' }));
}

async function measure({ loops, repetitions, casesOnly }: Options): Promise<BenchReport> {
  return {
    machine: { cpu: cpus()[0].model, cpus: cpus().length, node: process.version },
    loops,
    repetitions,
    startUp: casesOnly ? [] : measureStartUp(repetitions),
    cases: await measureCases({ loops, repetitions }, countAside),
    growth: casesOnly ? [] : await measureGrowth(loops),
  };
}

/** The guard takes the best repetition: a busy machine slows single runs, a slower engine slows all. */
function exceeds({ cases }: BenchReport, guard: number | undefined): boolean {
  const slow = cases.filter(({ ratio }) => guard !== undefined && ratio !== null && ratio.min > guard);
  for (const { name, ratio } of slow) {
    process.stderr.write(`error: ${name}: ${ratio!.min.toFixed(1)} times the limit, more than ${guard}\n`);
  }
  return slow.length > 0;
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('It must be a positive number.');
  return value;
}
