import type { ResultDocument } from '../../measurement/result-document.ts';
import { NS_PER_US } from '../../time.ts';
import { type CyclictestStatistics, cyclictestStatistics } from './statistics.ts';

export interface CyclictestTextOptions {
  /** `-h N`: number of 1 µs rows. */
  readonly histogramUs: number;
  /** `-H`: a further column with the sum over all threads. */
  readonly sum?: boolean;
  /** 2.4 prints every row and the totals; 2.7 and later leave out empty rows and the `# Total:` line. */
  readonly release?: '2.4' | '2.7';
}

/** First line of cyclictest's output: the PM QoS request it made. Not part of a `--histfile`. */
export function cyclictestHeader(document: ResultDocument): string {
  return `# /dev/cpu_dma_latency set to ${workloadNumber(document, 'latency_us') ?? 0}us\n`;
}

/** Rows that `document` was recorded with, or those that its data fill: what `-h` must have been. */
export function recordedHistogramUs(document: ResultDocument): number {
  const stated = workloadNumber(document, 'histogram_us');
  if (stated !== undefined) return stated;
  const limits = document.measurements.map(({ bins, binWidthNs, censored }) =>
    censored === null ? ((bins.at(-1)?.[0] ?? 0) + 1) * binWidthNs : censored.atLeastNs,
  );
  return Math.ceil(Math.max(...limits) / NS_PER_US);
}

/** The histogram block as `cyclictest -q -h N` (or `-H N`) prints it, from `# Histogram` to the closing empty line. */
export function writeCyclictestHistogram(document: ResultDocument, options: CyclictestTextOptions): string {
  const { histogramUs, sum = false, release = '2.4' } = options;
  const threads = document.measurements.map((thread) => cyclictestStatistics(thread, histogramUs));
  const several = sum && threads.length > 1;
  const total = (values: readonly number[]) => (several ? [...values, sumOf(values)] : values);
  const numbers = (width: number, values: readonly number[]) =>
    values.map((value) => ` ${String(value).padStart(width, '0')}`).join('');

  const lines = [
    '# Histogram',
    ...histogramRows(threads, histogramUs, several || (sum && release === '2.7'), release),
  ];
  const maxima = threads.map(({ maxUs }) => maxUs);
  if (release === '2.4') lines.push(`# Total:${numbers(9, total(threads.map((thread) => thread.total)))}`);
  lines.push(
    `# Min Latencies:${numbers(
      5,
      threads.map(({ minUs }) => minUs),
    )}`,
    `# Avg Latencies:${numbers(
      5,
      threads.map(({ avgUs }) => Math.floor(avgUs || 0)),
    )}`,
    `# Max Latencies:${numbers(5, several ? [...maxima, Math.max(...maxima)] : maxima)}`,
    `# Histogram Overflows:${numbers(5, total(threads.map(({ overflows }) => overflows)))}`,
    '# Histogram Overflow at cycle number:',
    ...threads.map(({ overflows }, index) => {
      const listed = overflowCycles(document, index, histogramUs);
      return `# Thread ${index}:${overflowList(listed, overflows, histogramUs, release)}`;
    }),
    '',
  );
  return `${lines.join('\n')}\n`;
}

function* histogramRows(
  threads: readonly CyclictestStatistics[],
  histogramUs: number,
  withSum: boolean,
  release: '2.4' | '2.7',
): Generator<string> {
  for (let us = 0; us < histogramUs; us++) {
    const counts = threads.map(({ rows }) => rows.get(us) ?? 0);
    const sum = sumOf(counts);
    if (sum === 0 && release === '2.7') continue;
    const columns = withSum ? [...counts, sum] : counts;
    yield `${pad(us, 6)} ${columns.map((count) => pad(count, 6)).join('\t')}`;
  }
}

/** 2.7 and later put a space after the colon even of an empty list, and `others` even when there are none left. */
function overflowList(
  listed: readonly number[],
  overflows: number,
  histogramUs: number,
  release: '2.4' | '2.7',
): string {
  const others = overflows - listed.length;
  const mentionsOthers = others > 0 || (release === '2.7' && overflows >= histogramUs);
  const numbers = listed.map((cycle) => ` ${pad(cycle, 5)}`).join('');
  return `${numbers || (release === '2.7' ? ' ' : '')}${mentionsOthers ? ` # ${pad(others, 5)} others` : ''}`;
}

/** Known only for the number of rows that the run recorded them for. */
function overflowCycles(document: ResultDocument, index: number, histogramUs: number): readonly number[] {
  const listed = document.measurements[index].overflow_cycles ?? [];
  return recordedHistogramUs(document) === histogramUs ? listed : [];
}

function workloadNumber(document: ResultDocument, field: string): number | undefined {
  const workload = document.scenario?.workload as { readonly [key: string]: unknown } | undefined;
  const value = workload?.[field];
  return typeof value === 'number' ? value : undefined;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
