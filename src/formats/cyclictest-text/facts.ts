import type { Json } from '../../measurement/result-document.ts';
import type { SourceThread } from '../reading/measured-thread.ts';
import type { KnownUnit } from '../reading/unit.ts';
import type { TextRun } from './run.ts';

/** What the text says about the run besides its figures. */
export function runFacts(run: TextRun, { unit, statedBy }: KnownUnit): { [key: string]: Json } {
  const threads = [...run.status.values()].map(({ thread, priority, intervalUs }) => ({
    name: String(thread),
    priority,
    interval_us: intervalUs,
  }));
  const facts = {
    tool: 'cyclictest',
    unit,
    unit_stated_by: statedBy,
    source: run.label || undefined,
    command_line: run.command?.commandLine,
    policy: run.policy,
    cpu_dma_latency_us: run.latencyUs,
    histogram_limit: run.command?.histogramLimit ?? run.histogram?.statedLimit,
    break_value: run.breakValue,
    threads: threads.length > 0 ? threads : undefined,
  };
  return Object.fromEntries(Object.entries(facts).filter((entry) => entry[1] !== undefined)) as {
    [key: string]: Json;
  };
}

/** What a reader of the numbers must know. */
export function runWarnings(run: TextRun, threads: readonly SourceThread[]): string[] {
  const warnings: string[] = [];
  const { histogram, samples } = run;
  if (histogram === undefined && samples.isReduced) {
    warnings.push('printed with -o: only the largest of each group of samples is known, their number is not');
  }
  if (histogram !== undefined && !histogram.isWhole) {
    warnings.push('the end of the histogram is missing: how many samples there were is not known');
  }
  if (histogram === undefined && run.isCut) warnings.push('the last line is cut off and left out');
  return [...warnings, ...threads.flatMap(contradictions)];
}

/**
 * cyclictest's own figures follow from its histogram when nothing overflowed: if not, the text was changed.
 */
function contradictions({ name, bins, samples, min, max, mean }: SourceThread): string[] {
  if (samples === null || samples === 0 || samples !== bins.count) return [];
  const filled = bins.sorted();
  const expected = {
    Min: filled[0][0],
    Avg: Math.floor(bins.sum / bins.count),
    Max: filled[filled.length - 1][0],
  };
  return Object.entries({ Min: min, Avg: mean, Max: max }).flatMap(([figure, stated]) => {
    const counted = expected[figure as keyof typeof expected];
    if (stated === null || stated === undefined || stated === counted) return [];
    return [`thread ${name}: ${figure} is stated as ${stated}, but its samples give ${counted}`];
  });
}
