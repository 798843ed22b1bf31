import type { ThreadResult } from '../../measurement/result-document.ts';
import type { Format, ReadOptions, ReadRun, Unit } from '../format.ts';
import { type BinBudget, newBinBudget } from '../reading/bins.ts';
import { type JsonBlock, type JsonObject, jsonBlocks, objectOf } from '../reading/json-blocks.ts';
import { jsonBins, jsonMean, jsonSamples, textsOf } from '../reading/json-threads.ts';
import { measuredThread } from '../reading/measured-thread.ts';
import { wholeValue } from '../reading/numbers.ts';
import { invalid, type Place, unusable } from '../reading/problem.ts';
import { knownUnit } from '../reading/unit.ts';

/** `results.json` of jitterdebugger; version 3 is the first that states its unit. */
export const jitterdebuggerJson: Format = {
  name: 'jitterdebugger-json',
  description: 'results.json of jitterdebugger',
  detect: (text) =>
    /"cpu"\s{0,20}:\s{0,20}\{/.test(text) && /"count"\s{0,20}:/.test(text) && !text.includes('"file_version"')
      ? 0.8
      : 0,
  read(text, options) {
    const blocks = jsonBlocks(text, options.file).filter(({ value }) => 'cpu' in value);
    if (blocks.length === 0) throw unusable('no-results', options.file, 'holds no JSON of jitterdebugger');
    const budget = newBinBudget();
    return blocks.map((block) => readRun(block, options, budget));
  },
};

function readRun({ value, line }: JsonBlock, options: ReadOptions, budget: BinBudget): ReadRun {
  const place = { file: options.file, line };
  const system = value.sysinfo === undefined ? undefined : objectOf(value.sysinfo, place, 'sysinfo');
  const unit = knownUnit(
    statedUnit(system, place),
    options,
    place,
    '--unit us, or --unit ns if it ran with -N',
  );
  const entries = Object.entries(objectOf(value.cpu, place, 'cpu'));
  if (entries.length === 0) throw invalid(place, 'cpu is empty', 'one entry for each CPU is expected');
  return {
    warnings: unit.warnings,
    facts: {
      tool: 'jitterdebugger',
      unit: unit.unit,
      unit_stated_by: unit.statedBy,
      ...textsOf(system, ['sysname', 'nodename', 'release', 'version', 'machine']),
    },
    measurements: entries.map(([cpu, entry]) =>
      cpuThread(cpu, objectOf(entry, place, `cpu.${cpu}`), budget, unit.nsPerUnit, place),
    ),
  };
}

function cpuThread(
  cpu: string,
  entry: JsonObject,
  budget: BinBudget,
  nsPerUnit: number,
  place: Place,
): ThreadResult {
  const bins = jsonBins(entry.histogram, budget, `cpu.${cpu}.histogram`, place);
  const lastBin = bins.sorted().at(-1)?.[0];
  const min = wholeValue(entry.min, `cpu.${cpu}.min`, place);
  const thread = {
    name: cpu,
    bins,
    samples: jsonSamples(entry.count, bins, `cpu.${cpu}.count`, place),
    limit: lastBin === undefined ? min : lastBin + 1,
    min,
    max: wholeValue(entry.max, `cpu.${cpu}.max`, place),
    mean: jsonMean(entry.avg, `cpu.${cpu}.avg`, place),
  };
  return measuredThread(thread, nsPerUnit, place);
}

/** Here `resolution_in_ns` is a number of ns: 1000 or, with `-N`, 1. */
function statedUnit(system: JsonObject | undefined, place: Place): Unit | undefined {
  const resolution = system?.resolution_in_ns;
  if (resolution === undefined) return undefined;
  if (resolution === 1000 || resolution === 1) return resolution === 1 ? 'ns' : 'us';
  throw invalid(place, `sysinfo.resolution_in_ns is ${JSON.stringify(resolution)}`, '1000 or 1 is expected');
}
