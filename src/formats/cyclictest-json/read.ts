import type { Json, ThreadResult } from '../../measurement/result-document.ts';
import type { Format, ReadOptions, ReadRun } from '../format.ts';
import { type BinBudget, newBinBudget } from '../reading/bins.ts';
import { type CyclictestOptions, parseCyclictestOptions } from '../reading/cyclictest-options.ts';
import { type JsonBlock, type JsonObject, jsonBlocks, objectOf } from '../reading/json-blocks.ts';
import { jsonBins, jsonMean, jsonSamples, textsOf } from '../reading/json-threads.ts';
import { measuredThread, type SourceThread } from '../reading/measured-thread.ts';
import { wholeValue } from '../reading/numbers.ts';
import { invalid, type Place, unusable } from '../reading/problem.ts';
import { type KnownUnit, knownUnit } from '../reading/unit.ts';
import { repairCyclictestJson } from './repair.ts';

/** What cyclictest prints as minimum of a thread that saw no sample below it. */
const INITIAL_MIN = 1_000_000;

/** Groups of threads; version 2, derived from rtla, has interrupts beside the threads. */
const GROUPS = ['thread', 'irq', 'user'] as const;

/** `cyclictest --json`, alone or in the stream that `--json=-` makes, of file versions 1 and 2. */
export const cyclictestJson: Format = {
  name: 'cyclictest-json',
  description: 'cyclictest --json, file versions 1 and 2',
  detect: (text) => (/"file_version"\s{0,20}:/.test(text) && /"thread"\s{0,20}:/.test(text) ? 0.95 : 0),
  read(text, options) {
    const blocks = jsonBlocks(text, options.file, repairCyclictestJson).filter(
      ({ value }) => 'file_version' in value,
    );
    if (blocks.length === 0) throw unusable('no-results', options.file, 'holds no JSON of cyclictest');
    const budget = newBinBudget();
    const warnings = textOnlyRuns(text, blocks.length);
    return blocks.map((block) => readRun(block, options, budget, warnings));
  },
};

function readRun(
  block: JsonBlock,
  options: ReadOptions,
  budget: BinBudget,
  warnings: readonly string[],
): ReadRun {
  const { value, line, label } = block;
  const place = { file: options.file, line };
  const version = value.file_version;
  if (version !== 1 && version !== 2) {
    throw invalid(place, `file_version is ${JSON.stringify(version)}`, '1 and 2 are known');
  }
  const unit = knownUnit(statedUnit(value, place), options, place, '--unit us, or --unit ns');
  const command = parseCyclictestOptions(commandLineOf(value) ?? '');
  const measurements = GROUPS.flatMap((group) =>
    value[group] === undefined ? [] : threadsOf(group, value[group], command, budget, unit.nsPerUnit, place),
  );
  if (measurements.length === 0) throw invalid(place, 'holds no threads');
  return { measurements, facts: factsOf(value, unit, label), warnings: [...unit.warnings, ...warnings] };
}

function threadsOf(
  group: (typeof GROUPS)[number],
  value: unknown,
  command: CyclictestOptions,
  budget: BinBudget,
  nsPerUnit: number,
  place: Place,
): ThreadResult[] {
  return Object.entries(objectOf(value, place, group)).map(([key, entry]) => {
    const path = `${group}.${key}`;
    const name = group === 'thread' ? key : `${group} ${key}`;
    const thread = sourceThread(name, objectOf(entry, place, path), command, budget, path, place);
    return measuredThread(thread, nsPerUnit, place);
  });
}

/** The number of overflows is not printed, but follows from the cycles. */
function sourceThread(
  name: string,
  entry: JsonObject,
  command: CyclictestOptions,
  budget: BinBudget,
  path: string,
  place: Place,
): SourceThread {
  const bins = jsonBins(entry.histogram, budget, `${path}.histogram`, place);
  const samples = jsonSamples(entry.cycles, bins, `${path}.cycles`, place);
  const min = wholeValue(entry.min, `${path}.min`, place);
  const lastBin = bins.sorted().at(-1)?.[0];
  const limit = Math.max(command.histogramLimit ?? 0, lastBin === undefined ? min : lastBin + 1);
  return {
    name,
    bins,
    samples,
    limit,
    min: min === INITIAL_MIN ? null : min,
    max: wholeValue(entry.max, `${path}.max`, place),
    mean: jsonMean(entry.avg, `${path}.avg`, place),
  };
}

/** `resolution_in_ns` is a flag, not a number of ns. */
function statedUnit({ resolution_in_ns: flag }: JsonObject, place: Place): 'us' | 'ns' | undefined {
  if (flag === undefined) return undefined;
  if (flag === 0 || flag === 1) return flag === 1 ? 'ns' : 'us';
  throw invalid(place, `resolution_in_ns is ${JSON.stringify(flag)}`, '0 for µs or 1 for ns is expected');
}

/** The colons belong to the keys of all releases so far. */
function commandLineOf(value: JsonObject): string | undefined {
  const commandLine = value['cmdline:'] ?? value.cmdline;
  return typeof commandLine === 'string' ? commandLine : undefined;
}

function factsOf(value: JsonObject, { unit, statedBy }: KnownUnit, label: string): { [key: string]: Json } {
  const commandLine = commandLineOf(value);
  const version = value['rt_test_version:'] ?? value.rt_test_version;
  const system = value.sysinfo as JsonObject | undefined;
  const realtime = system?.realtime;
  return {
    tool: 'cyclictest',
    ...(typeof version === 'string' ? { tool_version: version } : {}),
    unit,
    unit_stated_by: statedBy,
    ...(label === '' ? {} : { source: label }),
    ...(commandLine === undefined ? {} : { command_line: commandLine }),
    ...textsOf(value, ['start_time', 'end_time']),
    ...textsOf(system, ['sysname', 'nodename', 'release', 'version', 'machine']),
    ...(realtime === 0 || realtime === 1 ? { realtime: realtime === 1 } : {}),
  };
}

/** With `--json=-` the text of the same run follows its JSON; more runs in text than in JSON are not that. */
function textOnlyRuns(text: string, jsonRuns: number): string[] {
  const textRuns = text.match(/^.{0,200}# Histogram[ \t\r]*$/gm)?.length ?? 0;
  return textRuns > jsonRuns
    ? [
        `${textRuns - jsonRuns} runs that are in the text only were not read: --from cyclictest-text reads them`,
      ]
    : [];
}
