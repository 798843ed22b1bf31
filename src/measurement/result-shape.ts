import type { Measurement } from './measurement.ts';
import {
  RESULT_DOCUMENT,
  RESULT_SCHEMA_VERSION,
  type ThreadResult,
  type WorstSample,
} from './result-document.ts';
import {
  also,
  boolean,
  counting,
  integer,
  jsonObject,
  list,
  name,
  notNegative,
  nullable,
  object,
  oneOf,
  positive,
  type Shape,
  string,
  tuple,
  whole,
} from './shape.ts'; // prettier-ignore

const ledgerEntry = object({
  stage: name,
  owner: oneOf('guest', 'kvm', 'host', 'hardware'),
  cycles: integer,
});

const worstSample = also<WorstSample>(
  object({
    cycle: whole,
    latency_cycles: whole,
    latency_ns: notNegative,
    path: list(tuple(name, integer)),
  }),
  '',
  ({ path, latency_cycles }) =>
    path.reduce((sum, [, cycles]) => sum + cycles, 0) === latency_cycles
      ? null
      : 'the cycles of the path must add up to latency_cycles',
);

const thread = object({
  name,
  binWidthNs: positive,
  bins: also<Measurement['bins']>(list(tuple(whole, counting)), '', (bins) =>
    bins.every(([bin], index) => index === 0 || bin > bins[index - 1][0])
      ? null
      : 'bins must ascend, each at most once',
  ),
  censored: nullable(object({ count: whole, atLeastNs: notNegative })),
  samples: nullable(whole),
  minNs: nullable(notNegative),
  maxNs: nullable(notNegative),
  meanNs: nullable(notNegative),
  cycles: nullable(object({ tsc_khz: positive, min: whole, max: whole, sum: whole })),
  ledger: nullable(list(ledgerEntry)),
  worst: nullable(list(worstSample)),
  overflow_cycles: nullable(list(whole)),
});

const wholeThread = also<ThreadResult>(thread, 'samples', ({ samples, bins, censored }) =>
  samples === null || bins.reduce((sum, [, count]) => sum + count, censored?.count ?? 0) === samples
    ? null
    : 'must be the sum of the bins and the censored samples',
);

const threads = also<readonly ThreadResult[]>(list(wholeThread), '', (measurements) => {
  if (measurements.length === 0) return 'there must be at least one';
  const names = new Set(measurements.map((one) => one.name));
  return names.size === measurements.length ? null : 'each measurement needs a name of its own';
});

/** What a result document must be to be read back: the shape, and the sums that tie its parts together. */
export const resultShape: Shape = object({
  document: oneOf(RESULT_DOCUMENT),
  schema_version: oneOf(RESULT_SCHEMA_VERSION),
  kvmtimer_version: name,
  name,
  origin: oneOf('simulated', 'measured', 'published'),
  partial: boolean,
  scenario: nullable(jsonObject),
  scenario_hash: nullable(string),
  seed: nullable(string),
  warnings: list(string),
  facts: nullable(jsonObject),
  measurements: threads,
});
