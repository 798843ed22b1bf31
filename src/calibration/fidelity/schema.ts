import { z } from 'zod';
import { STAGE_NAMES } from '../../machine/costs/stages.ts';
import { printableText } from '../../scenario/printable-text.ts';

const text = (max: number) => printableText(z, 1, max);
const settings = z
  .array(text(500))
  .max(50)
  .default([])
  .describe('Settings of the scenario, as `--set` takes them');
const stages = z.array(z.enum(STAGE_NAMES as [string, ...string[]])).min(1);
const unit = z.enum(['cycles', 'ns', 'us']);

/** What is compared: a figure of one run, or of two where the row says `against`. */
const metric = z.discriminatedUnion('measure', [
  z.strictObject({ measure: z.literal('mean'), unit }),
  z.strictObject({ measure: z.literal('minimum'), unit }),
  z.strictObject({
    measure: z.literal('truncated-mean'),
    below_us: z.number().int().min(1).describe('Mean of whole microseconds, of the samples below this limit'),
  }),
  z.strictObject({ measure: z.literal('gain'), unit }).describe('Mean of `against` less the mean'),
  z
    .strictObject({ measure: z.literal('gain-percent') })
    .describe('The same, relative to the mean of `against`'),
  z.strictObject({ measure: z.literal('samples-from'), from_us: z.number().min(0) }),
  z.strictObject({
    measure: z.literal('histogram-distance'),
    result: text(300).describe('Result document beside the experiment; total variation of the shares'),
  }),
  z.strictObject({
    measure: z.literal('stages'),
    unit,
    stages: stages.describe('Mean of their sum over the samples'),
    instructions: z
      .number()
      .int()
      .min(0)
      .default(0)
      .describe('Instructions of the measuring itself, which the engine does not have'),
  }),
  z.strictObject({ measure: z.literal('stage-ratio'), stages, to: stages }),
]);

const published = z
  .union([
    z.strictObject({ value: z.number() }),
    z.strictObject({ from: z.number(), to: z.number() }).refine(({ from, to }) => from <= to, 'goes upwards'),
  ])
  .describe('What was published: a value, or the range of several');

const tolerance = z
  .union([
    z.strictObject({ percent: z.number().positive() }),
    z.strictObject({ absolute: z.number().positive() }),
    z.strictObject({ factor: z.number().gt(1) }),
  ])
  .describe('How far the median of the seeds may be from what was published');

const isEffect = (measure: string) => measure === 'gain' || measure === 'gain-percent';
const row = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,60}$/, 'is no id: small letters, digits, "-" and "."'),
    what: text(200),
    set: settings,
    against: z.strictObject({ set: settings }).optional().describe('The other run of a difference'),
    metric,
    published,
    tolerance,
    kind: z
      .enum(['calibrated', 'predicted'])
      .describe('Whether a value of a profile was chosen so that this row comes out'),
    note: text(2000).optional(),
  })
  .refine(({ metric, against }) => isEffect(metric.measure) === (against !== undefined), {
    path: ['against'],
    message: 'belongs to a gain, and a gain needs it',
  });

/** A publication as an experiment: what was measured, as which scenario it runs here, and what is left out. */
export const experimentSchema = z.strictObject({
  document: z.literal('kvmtimer-experiment'),
  id: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,60}$/, 'is no id: small letters, digits, "-" and "."'),
  source: text(1000),
  date: text(50),
  hardware: text(300),
  kernel: text(300),
  configuration: text(1000),
  modelled_as: text(1000).describe('What stands for hardware and configuration here, and what was assumed'),
  base: text(100).default('jiang-2016-v4-hv-timer-on').describe('The scenario that the settings change'),
  set: settings,
  rows: z.array(row).max(100),
  outside: z
    .array(z.strictObject({ id: text(100), published: text(500), reason: text(1000) }))
    .max(100)
    .default([])
    .describe('What the publication also states and the model does not cover, and why'),
});

export type Experiment = z.output<typeof experimentSchema>;
export type ExperimentRow = Experiment['rows'][number];
export type Metric = ExperimentRow['metric'];
export type Published = ExperimentRow['published'];
export type Tolerance = ExperimentRow['tolerance'];
