import { visible } from '../../user-error.ts';
import type { Comparison, ThreadComparison } from '../comparison.ts';
import { type Palette, PLAIN } from './palette.ts';

const MOST_ROWS = 30;
/** The rows cover this share of all samples; what lies beyond is one more row. */
const COVERED = 0.9995;

/**
 * Each candidate's histogram over the baseline's, as bars of logarithmic length: `#` is common to both, `-` only in
 * the baseline, `+` only in the candidate. Latencies in µs.
 */
export function renderOverlay(comparison: Comparison, width: number, palette: Palette = PLAIN): string {
  const [baseline, ...others] = comparison.sides.map(({ label }) => visible(label));
  return comparison.threads
    .flatMap((thread) =>
      others.map((label, index) => {
        const name = comparison.threads.length > 1 ? `thread ${visible(thread.name)}, ` : '';
        const [before, after] = [palette.better('-'), palette.worse('+')];
        const legend = `${name}samples, log scale: # both, ${before} ${baseline}, ${after} ${label}`;
        return `${legend}\n${overlay(thread, index + 1, width, palette)}`;
      }),
    )
    .join('\n');
}

interface Row {
  readonly label: string;
  readonly shares: readonly [before: number, after: number];
}

function overlay(thread: ThreadComparison, side: number, width: number, palette: Palette): string {
  const rows = rowsOf(thread, side);
  const labelWidth = Math.max(...rows.map((row) => row.label.length));
  const room = Math.max(10, width - labelWidth - 3);
  const most = Math.max(...rows.flatMap((row) => row.shares));
  const least = Math.min(...rows.flatMap((row) => row.shares.filter((share) => share > 0)));
  const length = (share: number) =>
    share === 0
      ? 0
      : Math.max(1, Math.round((Math.log(share / least) / (Math.log(most / least) || 1)) * room));
  return rows
    .map(({ label, shares }) => {
      const [before, after] = [length(shares[0]), length(shares[1])];
      const both = '#'.repeat(Math.min(before, after));
      const rest =
        before > after
          ? palette.better('-'.repeat(before - after))
          : palette.worse('+'.repeat(after - before));
      return `${label.padStart(labelWidth)} |${before === after ? both : `${both}${rest}`}\n`;
    })
    .join('');
}

/** Equally wide rows over the bulk of both, each side's share in them, and a last one for the rest. */
function rowsOf({ histograms, samples, binWidthNs }: ThreadComparison, side: number): Row[] {
  const pair = [histograms[0]!, histograms[side]!] as const;
  const totals = [0, 1].map((one) => samples[one === 0 ? 0 : side] ?? sumOf(pair[one as 0 | 1]));
  const edges = pair.flatMap((bins) => bins.map(([edge]) => edge));
  const firstNs = Math.min(...edges);
  const endNs = Math.max(...pair.map((bins, one) => coveredEnd(bins, totals[one]!))) + binWidthNs;
  const stepNs = binWidthNs * niceFactor((endNs - firstNs) / binWidthNs / MOST_ROWS);
  const startNs = Math.floor(firstNs / stepNs) * stepNs;
  const count = Math.ceil((endNs - startNs) / stepNs);
  const digits = stepNs % 1000 === 0 ? 0 : stepNs % 100 === 0 ? 1 : stepNs % 10 === 0 ? 2 : 3;
  const sharesIn = (fromNs: number, toNs: number) =>
    pair.map((bins, one) => sumOf(bins.filter(([edge]) => edge >= fromNs && edge < toNs)) / totals[one]!) as [
      number,
      number,
    ];
  const rows: Row[] = Array.from({ length: count }, (_, row) => {
    const fromNs = startNs + row * stepNs;
    return { label: (fromNs / 1000).toFixed(digits), shares: sharesIn(fromNs, fromNs + stepNs) };
  });
  const restNs = startNs + count * stepNs;
  const seen = [0, 1].map((one) => rows.reduce((sum, row) => sum + row.shares[one]!, 0));
  const rest = seen.map((share) => (1 - share < 1e-12 ? 0 : 1 - share)) as [number, number];
  if (rest[0] + rest[1] === 0) return rows;
  return [...rows, { label: `>= ${(restNs / 1000).toFixed(digits)}`, shares: rest }];
}

/** Lower edge of the bin in which the covered share of all samples is reached. */
function coveredEnd(bins: readonly (readonly [number, number])[], total: number): number {
  let seen = 0;
  for (const [edge, count] of bins) {
    seen += count;
    if (seen >= COVERED * total) return edge;
  }
  return bins.at(-1)?.[0] ?? 0;
}

/** The next of 1, 2, 5, 10, 20, ... */
function niceFactor(least: number): number {
  for (let power = 1; ; power *= 10) {
    for (const factor of [1, 2, 5]) if (factor * power >= least) return factor * power;
  }
}

function sumOf(bins: readonly (readonly [number, number])[]): number {
  return bins.reduce((sum, [, count]) => sum + count, 0);
}
