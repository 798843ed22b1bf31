import { join } from 'node:path';
import { readResultFile } from '../../formats/read-file.ts';
import type { CostProfile } from '../../machine/costs/profile.ts';
import type { ThreadResult } from '../../measurement/result-document.ts';
import { projected, target, totalVariation } from '../dataset.ts';
import type { Metric } from './schema.ts';

/** What a run has to say: its first thread, on a CPU. */
export interface RunFigures {
  readonly thread: ThreadResult;
  readonly profile: CostProfile;
}

type Unit = 'cycles' | 'ns' | 'us';

/** The metric of a run, or of two for a difference. `folder`: where results that it names lie. */
export function evaluate(
  metric: Metric,
  run: RunFigures,
  against: RunFigures | null,
  folder: string,
): number {
  switch (metric.measure) {
    case 'mean':
      return mean(run, metric.unit);
    case 'minimum':
      return inUnit(run.thread.cycles!.min, run, metric.unit);
    case 'truncated-mean':
      return truncatedMean(run.thread, metric.below_us);
    case 'gain':
      return mean(against!, metric.unit) - mean(run, metric.unit);
    case 'gain-percent':
      return 100 * (1 - mean(run, 'ns') / mean(against!, 'ns'));
    case 'samples-from':
      return samplesFrom(run.thread, metric.from_us);
    case 'histogram-distance':
      return distance(run.thread, join(folder, metric.result));
    case 'stages': {
      const measuring = (metric.instructions * run.profile.costs.cycles_per_kilo_instruction.value) / 1000;
      return inUnit(stageCycles(run.thread, metric.stages) + measuring, run, metric.unit);
    }
    case 'stage-ratio':
      return stageCycles(run.thread, metric.stages) / stageCycles(run.thread, metric.to);
  }
}

function mean(run: RunFigures, unit: Unit): number {
  const { cycles, samples } = run.thread;
  return inUnit(cycles!.sum / samples!, run, unit);
}

function inUnit(cycles: number, { profile }: RunFigures, unit: Unit): number {
  if (unit === 'cycles') return cycles;
  return (cycles * (unit === 'ns' ? 1e6 : 1e3)) / profile.cpu.tsc_khz.value;
}

/** Mean of the rows of cyclictest's text histogram, which has whole microseconds, rounded down. */
function truncatedMean({ bins, binWidthNs }: ThreadResult, belowUs: number): number {
  let sum = 0;
  let samples = 0;
  for (const [bin, count] of bins) {
    const us = Math.floor((bin * binWidthNs) / 1000);
    if (us >= belowUs) continue;
    sum += us * count;
    samples += count;
  }
  return sum / samples;
}

function samplesFrom({ bins, binWidthNs }: ThreadResult, fromUs: number): number {
  return bins.reduce((sum, [bin, count]) => (bin * binWidthNs >= fromUs * 1000 ? sum + count : sum), 0);
}

function distance(thread: ThreadResult, file: string): number {
  const [published] = readResultFile(file, {});
  const goal = target(published.measurements[0]);
  return totalVariation(projected(thread, goal), goal.shares);
}

function stageCycles({ ledger, samples }: ThreadResult, stages: readonly string[]): number {
  const sum = (ledger ?? []).reduce(
    (total, { stage, cycles }) => (stages.includes(stage) ? total + cycles : total),
    0,
  );
  return sum / samples!;
}
