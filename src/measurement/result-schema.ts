import { z } from 'zod';
import type { Measurement } from './measurement.ts';
import { RESULT_DOCUMENT, RESULT_SCHEMA_VERSION, type ResultDocument } from './result-document.ts';

/** What a result document must be to be read back: the shape, and the sums that tie its parts together. */
const whole = z.number().int().min(0);
const nanoseconds = z.number().min(0);
const jsonObject = z.record(z.string(), z.json());

const ledgerEntry = z.object({
  stage: z.string().min(1),
  owner: z.enum(['guest', 'kvm', 'host', 'hardware']),
  cycles: z.number().int(),
});

const worstSample = z
  .object({
    cycle: whole,
    latency_cycles: whole,
    latency_ns: nanoseconds,
    path: z.array(z.tuple([z.string().min(1), z.number().int()])),
  })
  .refine(
    ({ path, latency_cycles }) => path.reduce((sum, [, cycles]) => sum + cycles, 0) === latency_cycles,
    'the cycles of the path must add up to latency_cycles',
  );

const threadResult = z
  .object({
    name: z.string().min(1),
    binWidthNs: z.number().positive(),
    bins: z.array(z.tuple([whole, whole.min(1)])),
    censored: z.object({ count: whole, atLeastNs: nanoseconds }).nullable(),
    samples: whole.nullable(),
    minNs: nanoseconds.nullable(),
    maxNs: nanoseconds.nullable(),
    meanNs: nanoseconds.nullable(),
    cycles: z.object({ tsc_khz: z.number().positive(), min: whole, max: whole, sum: whole }).nullable(),
    ledger: z.array(ledgerEntry).nullable(),
    worst: z.array(worstSample).nullable(),
    overflow_cycles: z.array(whole).nullable(),
  })
  .refine(({ bins }) => bins.every(([bin], index) => index === 0 || bin > bins[index - 1][0]), {
    path: ['bins'],
    message: 'bins must ascend, each at most once',
  })
  .refine((thread) => thread.samples === null || countSamples(thread) === thread.samples, {
    path: ['samples'],
    message: 'must be the sum of the bins and the censored samples',
  });

function countSamples({ bins, censored }: Pick<Measurement, 'bins' | 'censored'>): number {
  return bins.reduce((sum, [, count]) => sum + count, censored?.count ?? 0);
}

export const resultSchema: z.ZodType<ResultDocument> = z.object({
  document: z.literal(RESULT_DOCUMENT),
  schema_version: z.literal(RESULT_SCHEMA_VERSION),
  kvmtimer_version: z.string().min(1),
  name: z.string().min(1),
  origin: z.enum(['simulated', 'measured', 'published']),
  partial: z.boolean(),
  scenario: jsonObject.nullable(),
  scenario_hash: z.string().nullable(),
  seed: z.string().nullable(),
  warnings: z.array(z.string()),
  facts: jsonObject.nullable(),
  measurements: z
    .array(threadResult)
    .min(1)
    .refine((threads) => new Set(threads.map(({ name }) => name)).size === threads.length, {
      message: 'each measurement needs a name of its own',
    }),
});
