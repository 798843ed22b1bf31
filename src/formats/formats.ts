import { cyclictestJson } from './cyclictest-json/read.ts';
import { cyclictestText } from './cyclictest-text/read.ts';
import type { Format } from './format.ts';
import { hgrm } from './hgrm/read.ts';
import { jitterdebuggerJson } from './jitterdebugger-json/read.ts';
import { oslat } from './oslat/read.ts';
import { resultJson } from './result-json/read.ts';
import { rtlaHistogram } from './rtla-histogram/read.ts';
import { tscdeadlineLatency } from './tscdeadline-latency/read.ts';

/** Every format that is read; of equally sure ones the first is chosen. */
export const FORMATS: readonly Format[] = [
  resultJson,
  cyclictestJson,
  cyclictestText,
  rtlaHistogram,
  jitterdebuggerJson,
  oslat,
  tscdeadlineLatency,
  hgrm,
];
