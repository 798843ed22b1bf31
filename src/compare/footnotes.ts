import type { Comparison } from './comparison.ts';
import { differences } from './differences.ts';
import { durationName, metricName } from './metric.ts';
import { leastReachableP } from './repetitions.ts';
import type { Side } from './side.ts';
import type { MatchedThreads } from './threads.ts';

/** What a reader must know to read the numbers right; nothing that is always true. */
export function footnotes(
  comparison: Omit<Comparison, 'footnotes'>,
  sides: readonly Side[],
  { threads, leftOut }: MatchedThreads,
): string[] {
  const notes: string[] = [];
  for (const path of new Set(comparison.varied.map((difference) => difference.path))) {
    const values = comparison.varied.filter((difference) => difference.path === path);
    const after = values.map(({ label, after }) => `${JSON.stringify(after)} in ${label}`).join(', ');
    notes.push(`${path} is ${JSON.stringify(values[0]!.before)} in ${comparison.sides[0]!.label}, ${after}`);
  }
  for (const side of sides.slice(1)) {
    if (!profileDiffers(sides[0]!, side)) continue;
    notes.push(
      `the CPU profile's values were others in ${side.label}: equal scenario and seed, but another hash`,
    );
  }
  notes.push(...resolutionNotes(threads));
  if (leftOut.length > 0) notes.push(`threads that not all inputs have are left out: ${leftOut.join(', ')}`);
  for (const { file, document } of sides.flatMap((side) => side.runs)) {
    if (document.partial) notes.push(`${file} is partial: its run was interrupted`);
  }
  const versions = new Set(sides.flatMap((side) => side.runs.map((run) => run.document.kvmtimer_version)));
  if (versions.size > 1)
    notes.push(`the inputs were made by different versions: ${[...versions].join(', ')}`);
  notes.push(...basisNotes(comparison), ...unsupportedNotes(comparison));
  return [...new Set(notes)];
}

/** A scenario's hash covers the values of its CPU profile, which the scenario itself only names. */
function profileDiffers(baseline: Side, side: Side): boolean {
  const [a, b] = [baseline.runs[0]!.document, side.runs[0]!.document];
  return (
    a.scenario !== null &&
    a.seed === b.seed &&
    a.scenario_hash !== b.scenario_hash &&
    differences(a, b).length === 0
  );
}

function resolutionNotes(threads: MatchedThreads['threads']): string[] {
  return threads.flatMap(({ binWidthNs, originalWidthsNs }) => {
    if (originalWidthsNs.length === 1) return [];
    const widths = originalWidthsNs.map(durationName).join(' and ');
    return [`the inputs have bins of ${widths}: all were brought to ${durationName(binWidthNs)}`];
  });
}

function basisNotes({ basis, sides, alpha }: Omit<Comparison, 'footnotes'>): string[] {
  if (basis === 'samples')
    return ['p-values take the samples of a run as independent; repeated runs need not'];
  return sides.slice(1).flatMap((side) => {
    const least = leastReachableP(sides[0]!.runs, side.runs);
    if (least <= alpha) return [];
    const runs = `${sides[0]!.runs} and ${side.runs} runs`;
    return [`${runs} can show no difference at p <= ${alpha}: the least possible p is ${least.toFixed(3)}`];
  });
}

/** One note per reason: which figures are missing, and why. */
function unsupportedNotes({ threads, sides }: Omit<Comparison, 'footnotes'>): string[] {
  const missing = new Map<string, Set<string>>();
  for (const { rows } of threads) {
    for (const { metric, estimates } of rows) {
      estimates.forEach((estimate, side) => {
        if (estimate.kind !== 'unsupported') return;
        const key = `${sides[side]!.label}: ${estimate.reason}`;
        missing.set(key, (missing.get(key) ?? new Set()).add(metricName(metric)));
      });
    }
  }
  return [...missing].map(([reason, metrics]) => `no ${[...metrics].join(', ')} in ${reason}`);
}
