import { recordedHistogramUs } from '../../formats/cyclictest-text/write.ts';
import { type Quantile, quantile } from '../../measurement/quantile.ts';
import type { ResultDocument, ThreadResult } from '../../measurement/result-document.ts';
import { NS_PER_US } from '../../time.ts';

/** Shown behind a figure that lies beyond the histogram's last row. */
export const BEYOND_MARK = '*';

const ROWS: readonly (readonly [label: string, q: number])[] = [
  ['p50', 0.5],
  ['p90', 0.9],
  ['p99', 0.99],
  ['p99.9', 0.999],
  ['p99.99', 0.9999],
  ['max', 1],
];

/** `[label, µs]` of minimum, average, percentiles and maximum, for people to read. */
export function figures(
  thread: ThreadResult,
  document: ResultDocument,
): (readonly [label: string, text: string])[] {
  const histogramUs = recordedHistogramUs(document);
  const figure = (q: number) => quantileText(quantile(thread, q), thread.binWidthNs, histogramUs);
  const average =
    thread.meanNs === null ? 'unknown' : microseconds(thread.meanNs, Math.min(thread.binWidthNs, 10));
  return [
    ['samples', thread.samples === null ? 'unknown' : String(thread.samples)],
    ['min', figure(0)],
    ['avg', average],
    ...ROWS.map(([label, q]) => [label, figure(q)] as const),
  ];
}

function quantileText(result: Quantile, binWidthNs: number, histogramUs: number): string {
  if (result.kind === 'unsupported') return 'too few';
  const ns = result.kind === 'value' ? result.valueNs : result.atLeastNs;
  const mark = ns >= histogramUs * NS_PER_US ? ` ${BEYOND_MARK}` : '';
  return `${result.kind === 'at-least' ? '≥ ' : ''}${microseconds(ns, binWidthNs)}${mark}`;
}

/** Two decimals where the source resolves less than a µs, none where it does not. */
function microseconds(ns: number, resolutionNs: number): string {
  return resolutionNs < NS_PER_US ? (ns / NS_PER_US).toFixed(2) : String(Math.floor(ns / NS_PER_US));
}
