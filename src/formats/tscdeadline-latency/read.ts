import { UserError } from '../../user-error.ts';
import type { Format, ReadOptions, ReadRun } from '../format.ts';
import { type BinBudget, Bins, newBinBudget } from '../reading/bins.ts';
import { linesOf } from '../reading/lines.ts';
import { measuredThread } from '../reading/measured-thread.ts';
import { wholeNumber } from '../reading/numbers.ts';
import { invalid, type Place, unusable } from '../reading/problem.ts';

const LATENCY = /^(?:hit max: \d{1,20} < )?latency: (-?\d{1,20})$/;
const TSC_KHZ = /^#.*\btsc_khz:? ?=? ?(\d{1,9})\b/;

interface Latencies {
  readonly line: number;
  readonly label: string;
  tscKhz: number | undefined;
  breakMax: number | undefined;
  readonly cycles: number[];
  isCut: boolean;
}

const MAX_LATENCIES = 10_000_000;

/**
 * Output of tscdeadline_latency of kvm-unit-tests: one `latency: N` a line, in TSC cycles. The frequency is
 * not in it: a comment `# tsc_khz: N` or the option states it.
 */
export const tscdeadlineLatency: Format = {
  name: 'tscdeadline-latency',
  description: 'tscdeadline_latency of kvm-unit-tests, in TSC cycles',
  detect: (text) => (/^.{0,200}latency: -?\d{1,20}\r?$/m.test(text) ? 0.7 : 0),
  read(text, options) {
    const runs = runsOf(text, options.file).filter(({ cycles }) => cycles.length > 0);
    if (runs.length === 0) throw unusable('no-results', options.file, 'holds no latencies');
    const budget = newBinBudget();
    return runs.map((run) => readRun(run, options, budget));
  },
};

/** Each start of the test prints `breakmax=N` first. */
function runsOf(text: string, file: string): Latencies[] {
  const runs: Latencies[] = [];
  const current = new Map<string, Latencies>();
  let left = MAX_LATENCIES;
  for (const { number, label, text: line, complete } of linesOf(text, file)) {
    const latency = LATENCY.exec(line);
    const breakMax = /^breakmax=(\d{1,15})/.exec(line);
    const tscKhz = TSC_KHZ.exec(line);
    if (latency === null && breakMax === null && tscKhz === null) continue;
    let run = current.get(label);
    if (run === undefined || (latency === null && run.cycles.length > 0)) {
      run = { line: number, label, tscKhz: undefined, breakMax: undefined, cycles: [], isCut: false };
      current.set(label, run);
      runs.push(run);
    }
    const place = { file, line: number };
    if (breakMax !== null) run.breakMax = wholeNumber(breakMax[1], place);
    if (tscKhz !== null) run.tscKhz = wholeNumber(tscKhz[1], place);
    if (latency !== null && complete) run.cycles.push(cyclesOf(latency[1], place));
    else if (latency !== null) run.isCut = true;
    if (latency !== null && --left < 0) throw invalid(place, `more than ${MAX_LATENCIES} latencies`);
  }
  return runs;
}

function cyclesOf(token: string, place: Place): number {
  if (token.startsWith('-')) {
    throw invalid(
      place,
      `a negative latency (${token})`,
      'the interrupt came before its deadline: the TSC was not constant',
    );
  }
  return wholeNumber(token, place);
}

function readRun(run: Latencies, options: ReadOptions, budget: BinBudget): ReadRun {
  const place = { file: options.file, line: run.line };
  const tscKhz = run.tscKhz ?? options.tscKhz;
  if (tscKhz === undefined || tscKhz === 0) {
    const hint = '--tsc-khz N, as the guest kernel prints it ("tsc: Detected 2400.000 MHz")';
    throw new UserError('unit-unknown', {
      ...place,
      message: 'latencies are in TSC cycles of unstated frequency',
      hint,
    });
  }
  const bins = new Bins(budget);
  const toNs = (cycles: number) => Math.floor((cycles * 1_000_000) / tscKhz);
  let sum = 0;
  let min = Number.MAX_SAFE_INTEGER;
  let max = 0;
  for (const cycles of run.cycles) {
    bins.add(toNs(cycles), 1, place);
    sum += cycles;
    min = Math.min(min, cycles);
    max = Math.max(max, cycles);
  }
  const thread = { name: '0', bins, samples: run.cycles.length, limit: 0, min: toNs(min), max: toNs(max) };
  const measurement = measuredThread(thread, 1, place);
  const meanNs = ((sum / run.cycles.length) * 1_000_000) / tscKhz;
  return {
    partial: run.isCut,
    warnings: run.isCut ? ['the last line is cut off and left out'] : [],
    facts: {
      tool: 'tscdeadline_latency',
      unit: 'cycles',
      tsc_khz: tscKhz,
      tsc_khz_stated_by: run.tscKhz === undefined ? 'option' : 'text',
      ...(run.label === '' ? {} : { source: run.label }),
      ...(run.breakMax === undefined ? {} : { breakmax_cycles: run.breakMax }),
    },
    measurements: [{ ...measurement, meanNs, cycles: { tsc_khz: tscKhz, min, max, sum } }],
  };
}
